import ChildProcess
import Foundation
import Testing

/// The line is cut while a call is at work, the coordinator dies before it has noted that nobody knows how the call
/// ended, and the call does its work a while later, as the rest of a Windows session does.
struct CutCallTests {
    struct Cut: Sendable, CustomTestStringConvertible {
        var plan: CrashCase
        var host: String
        /// As the agent hears it.
        var step: String
        /// As the journal names it.
        var boundary: String
        var testDescription: String { "\(plan.name): \(host) \(step)" }
    }

    static let cuts: [Cut] = [
        Cut(plan: .frontEnds, host: "fe02", step: "request", boundary: "fe02 fe-lyon/fe prepare request"),
        Cut(plan: .frontEnds, host: "fe02", step: "import", boundary: "fe02 fe-lyon/fe prepare import"),
        Cut(plan: .frontEnds, host: "fe01", step: "stop-all", boundary: "fe01 fe-lyon/fe switch stop-all"),
        Cut(plan: .frontEnds, host: "fe01", step: "assign", boundary: "fe01 fe-lyon/fe switch assign"),
        Cut(plan: .frontEnds, host: "fe02", step: "start-all", boundary: "fe02 fe-lyon/fe switch start-all"),
        Cut(
            plan: .edgeKey, host: "edge03", step: "import-copy",
            boundary: "edge03 edge-lyon/edge-av prepare import-copy"),
        Cut(
            plan: .edgeKey, host: "edge01", step: "start", boundary: "edge01 edge-lyon/edge-av switch start[RTCMRAUTH]"),
    ]

    @Test func `a call that outlives its coordinator is waited for and not done twice`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for plan in [CrashCase.frontEnds, .edgeKey] {
                group.addTask {
                    let lab = try await CrashLab.up(plan)
                    for cut in Self.cuts where cut.plan.name == plan.name {
                        do {
                            try await Self.play(cut, in: lab)
                        } catch {
                            Issue.record(error, "\(cut.testDescription)")
                        }
                    }
                    try await lab.down()
                }
            }
            try await group.waitForAll()
        }
    }

    private static func play(_ cut: Cut, in lab: CrashLab) async throws {
        try lab.restore()
        try lab.cut(cut.host, at: cut.step, worksAfter: 1.5)
        let killed = try await lab.crash(atOutcomeOf: cut.boundary)
        #expect(killed.ending == .signalled(SIGKILL), "\(cut.testDescription): \(killed.said)")
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(0), "\(cut.testDescription): \(resumed.said)")
        let found = try await Findings.of(lab)
        #expect(found == [], "\(cut.testDescription): \(found.joined(separator: "\n"))\n\(resumed.said)")
    }
}
