import ChildProcess
import Foundation
import Testing

/// The coordinator dies, and dies again while it resumes.
struct TwiceKilledTests {
    /// Boundaries of the run, spread over all of it; the resume is killed at the boundary beside each.
    private static let pairs: [(first: Int, second: Int)] = [
        (2, 6), (7, 1), (11, 3), (14, 2), (19, 4), (27, 2), (35, 1), (43, 3), (58, 2), (71, 1),
    ]

    @Test func `a resume that was killed is resumed to a good end`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for plan in [CrashCase.frontEnds, .edgeKey] {
                group.addTask {
                    let lab = try await CrashLab.up(plan)
                    for (index, pair) in Self.pairs.enumerated() where Extent.isFull || index % 3 == 1 {
                        do {
                            try await Self.play(pair, in: lab)
                        } catch {
                            Issue.record(error, "\(plan.name), \(pair)")
                        }
                    }
                    try await lab.down()
                }
            }
            try await group.waitForAll()
        }
    }

    private static func play(_ pair: (first: Int, second: Int), in lab: CrashLab) async throws {
        let name = "\(lab.plan.name), killed at \(pair.first), resume killed at \(pair.second)"
        try lab.restore()
        let killed = try await lab.crash(at: pair.first)
        #expect(killed.ending == .signalled(SIGKILL), "\(name): \(killed.said)")
        let again = try await lab.crash(at: pair.second, words: ["runs", "resume"])
        #expect(again.ending == .signalled(SIGKILL), "\(name): \(again.said)")
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(0), "\(name): \(resumed.said)")
        let found = try await Findings.of(lab)
        #expect(found == [], "\(name): \(found.joined(separator: "\n"))")
    }
}
