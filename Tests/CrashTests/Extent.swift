import Foundation

/// All boundaries, or a fixed third of them.
enum Extent {
    static let isFull: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return environment["CERTFLEET_ALL_BOUNDARIES"] == "1" || environment["CI"] != nil
    }()

    /// Numbers of boundaries, from 1.
    ///
    /// - Parameters:
    ///   - full: In a full walk each of so many.
    ///   - usual: Otherwise each of so many; odd, so that all four kinds of boundaries are met.
    static func chosen(of boundaries: [String], full: Int = 1, usual: Int = 3) -> [Int] {
        Array(stride(from: 1, through: boundaries.count, by: isFull ? full : usual))
    }

    static func say(_ name: String, _ walked: Int, of all: Int, since began: ContinuousClock.Instant) {
        let seconds = (ContinuousClock.now - began).components.seconds
        let hint = isFull ? "" : " (all of them: CERTFLEET_ALL_BOUNDARIES=1)"
        print("\(name): killed at \(walked) of \(all) boundaries, \(seconds) s\(hint)")
    }
}

/// Hands out boundaries to labs that work side by side.
actor BoundaryQueue {
    private var rest: [Int]

    init(_ all: [Int]) { rest = all.reversed() }

    func next() -> Int? { rest.popLast() }
}
