import Foundation

/// All boundaries, or a fixed third of them.
enum Extent {
    static let isFull: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return environment["CERTFLEET_ALL_BOUNDARIES"] == "1" || environment["CI"] != nil
    }()

    /// - Parameter step: Even of all only each of so many.
    static func chosen(of boundaries: [String], every step: Int = 1) -> [Int] {
        Array(stride(from: 1, through: boundaries.count, by: isFull ? step : 3 * step))
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
