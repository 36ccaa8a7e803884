import ChildProcess
import Foundation
import Testing

/// The coordinator is killed at each boundary of the journal: before and after the intent and the outcome of each
/// changing step. `runs resume` must end well, as if nothing had happened.
struct BoundaryTests {
    @Test(arguments: [CrashCase.frontEnds, .edgeKey, .exchange, .wholeEdge])
    func `a run that was killed at a boundary of its journal is resumed to a good end`(_ plan: CrashCase) async throws {
        let first = try await CrashLab.up(plan)
        let boundaries = try await first.boundaries()
        let found = try await Findings.of(first)
        #expect(found == [], "\(found.joined(separator: "\n"))")
        #expect(boundaries.count >= 4 * plan.hosts.count)
        let walked = Extent.chosen(of: boundaries, full: plan.full, usual: plan.usual)
        let queue = BoundaryQueue(walked)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<plan.lanes {
                group.addTask {
                    let lab = lane == 0 ? first : try await CrashLab.up(plan)
                    while let boundary = await queue.next() {
                        do {
                            try await Self.walk(boundary, of: boundaries, in: lab)
                        } catch {
                            Issue.record(error, "boundary \(boundary)")
                        }
                    }
                    try await lab.down()
                }
            }
            try await group.waitForAll()
        }
        Extent.say(plan.name, walked.count, of: boundaries.count, since: began)
    }

    private static func walk(_ boundary: Int, of boundaries: [String], in lab: CrashLab) async throws {
        // Hosts that work side by side may swap their places between two runs.
        let name = "boundary \(boundary), \(boundaries[boundary - 1]) or its neighbour"
        try lab.restore()
        let killed = try await lab.crash(at: boundary)
        #expect(killed.ending == .signalled(SIGKILL), "\(name)")
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(0), "\(name): \(resumed.said)")
        let found = try await Findings.of(lab)
        #expect(found == [], "\(name): \(found.joined(separator: "\n"))")
    }
}
