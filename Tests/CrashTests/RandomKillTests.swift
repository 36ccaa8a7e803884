import ChildProcess
import Foundation
import Testing

/// The coordinator is killed in the middle of whatever it does.
struct RandomKillTests {
    /// After the command's start; a fixed list, so that a failure can be looked at again.
    private static let delays: [Duration] = [150, 350, 450, 500, 550, 600, 700, 800, 950, 1100].map {
        .milliseconds($0)
    }

    @Test func `a rollout that was killed at any moment is resumed to a good end`() async throws {
        let first = try await CrashLab.up(.frontEnds)
        let second = try await CrashLab.up(.frontEnds)
        async let one: Void = Self.walk(
            Self.delays.enumerated().filter { $0.offset % 2 == 0 }.map(\.element), in: first)
        async let other: Void = Self.walk(
            Self.delays.enumerated().filter { $0.offset % 2 == 1 }.map(\.element), in: second)
        _ = await (one, other)
        try await first.down()
        try await second.down()
    }

    private static func walk(_ delays: [Duration], in lab: CrashLab) async {
        for delay in delays {
            do {
                try await kill(after: delay, in: lab)
            } catch {
                Issue.record(error, "killed after \(delay)")
            }
        }
    }

    private static func kill(after delay: Duration, in lab: CrashLab) async throws {
        try lab.restore()
        let rollout = try RunningChild.start(
            try Programs.command("certfleet", ["--project", lab.path] + lab.plan.command))
        try await Task.sleep(for: delay)
        rollout.kill()
        _ = await rollout.wait()
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(0), "killed after \(delay): \(resumed.said)")
        if resumed.errors.text.contains("no run is unfinished") {
            // It died before there was a run, or after its end: what is left to do is done by the command itself.
            let again = try await Programs.run("certfleet", ["--project", lab.path] + lab.plan.command)
            #expect(again.ending == .exited(0), "killed after \(delay): \(again.said)")
        }
        let found = try await Findings.of(lab)
        #expect(found == [], "killed after \(delay): \(found.joined(separator: "\n"))")
    }
}
