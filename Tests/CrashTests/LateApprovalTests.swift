import Foundation
import TestSupport
import Testing

/// A request that waits over the weekend: the program's clock is set two days ahead when it is taken up.
struct LateApprovalTests {
    /// The program with its clock two days ahead.
    private func later(_ lab: LabProject, _ words: String...) async throws -> ProgramResult {
        let runner = URL(fileURLWithPath: BuiltProgram.path).deletingLastPathComponent()
            .appendingPathComponent("CrashRunner").path
        return try await BuiltProgram.run(
            runner, ["--later", String(2 * 86_400), "--", "--project", lab.path] + words, environment: lab.environment,
            folder: lab.folder.path)
    }

    @Test
    func `a request that was approved two days later is taken up, not ordered again, and the report says how long`()
        async throws
    {
        try await LabProject.up("web") { lab in
            let before = try lab.usages("edge01")
            let fault = try await lab.certfleet(["lab", "fault", lab.path, "web", "approval"])
            #expect(fault.code == 0)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            #expect(renew.errors.contains(" pending collect\n"), "\(renew)")

            let early = try await later(lab, "pending", "collect")
            #expect(early.code == 3, "\(early)")
            #expect(try lab.usages("edge01") == before)
            #expect(try await lab.certfleet(["lab", "sign", lab.path]).code == 0)
            let collect = try await later(lab, "pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.usages("edge01")["AccessEdgeExternal"] != before["AccessEdgeExternal"])
            #expect(try lab.issued("web").count == 1)

            struct Report: Decodable {
                struct Run: Decodable {
                    var began: String
                    var ended: String
                    var state: String
                }
                var run: Run
            }
            let report = try JSONDecoder().decode(
                Report.self, from: Data(try await lab.run("report", "--format", "json").output.utf8)
            ).run
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: report.began.contains("."))
            let length = try style.parse(report.ended).timeIntervalSince(style.parse(report.began))
            #expect(report.state == "finished" && length > 2 * 86_400 && length < 2 * 86_400 + 600)
        }
    }
}
