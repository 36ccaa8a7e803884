import Foundation
import TestSupport
import Testing

/// Restarts: put off, owed, asked for, forced when nobody leaves, and those that other servers cause.
@Suite(.serialized) struct RestartTests {
    private struct Status: Decodable {
        struct Debt: Decodable, Equatable {
            var pool: String
            var host: String
            var services: [String]
            var why: String
            var deferred: Bool
        }
        var owed: [Debt]
    }

    private func owed(_ lab: LabProject) async throws -> [Status.Debt] {
        let result = try await lab.run("status", "--json")
        return try JSONDecoder().decode(Status.self, from: Data(result.output.utf8)).owed
    }

    /// Usage → what its port shows, by the lab's own state.
    private func served(_ host: String, _ lab: LabProject) throws -> [String: String] {
        try JSONDecoder().decode(
            [String: String].self, from: Data(lab.folder.read("lab/hosts/\(host)/served.json").utf8))
    }

    @Test func `restarts that are put off are owed everywhere until restart has done them, drained and in turn`()
        async throws
    {
        try await LabProject.up("two", transcripts: true) { lab in
            let planned = try await lab.run("plan", "fe-lyon", "--defer-restarts")
            #expect(planned.output.contains("owed afterwards: all services on fe01"), "\(planned)")
            let rollout = try await lab.run("rollout", "fe-lyon", "--defer-restarts", "--yes")
            #expect(rollout.code == 3, "\(rollout)")
            #expect(rollout.errors.contains(" restart fe-lyon"), "\(rollout)")
            #expect(try lab.calls("stop-all", on: "fe01") == 0)
            for host in ["fe01", "fe02"] {
                let new = try #require(try lab.usages(host)["Default"])
                #expect(try served(host, lab)["WebServicesInternal"] == new)
                #expect(try served(host, lab)["Default"] != new)
            }
            #expect(try await owed(lab).map(\.host) == ["fe01", "fe02"])
            for words in [["plan"], ["status"], ["report"], ["runs", "show"]] {
                let shown = try await lab.certfleet(["--project", lab.path] + words)
                #expect(shown.output.contains("restarts owed"), "\(words): \(shown)")
                #expect(shown.output.contains(" restart fe-lyon"), "\(words): \(shown)")
            }
            #expect(try await lab.run("status", "--detailed-exitcode").code == 3)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3 && renew.errors.contains("nothing is due"), "\(renew)")

            // One host alone, then the rest; the run is finished, so nothing else is held back.
            let unasked = try await lab.run("restart", "fe02")
            #expect(unasked.code == 64, "\(unasked)")
            let one = try await lab.run("restart", "fe02", "--yes")
            #expect(one.code == 0, "\(one)")
            #expect(try await owed(lab).map(\.host) == ["fe01"])
            #expect(try lab.calls("fabric.gate", on: "fe02") >= 1)
            let rest = try await lab.run("restart", "--yes")
            #expect(rest.code == 0, "\(rest)")
            #expect(try await owed(lab).isEmpty)
            for host in ["fe01", "fe02"] {
                let new = try lab.usages(host)
                #expect(try served(host, lab) == new)
                #expect(try lab.calls("stop-all", on: host) == 1 && lab.calls("assign", on: host) == 1)
            }
            let none = try await lab.run("restart", "--yes")
            #expect(none.code == 0 && none.errors.contains("no restart is owed"), "\(none)")
            #expect(try await lab.run("status", "--detailed-exitcode").code == 0)
        }
    }

    @Test func `a restart whose gate is closed, or whose line is cut, is owed on and resumed`() async throws {
        try await LabProject.up("two") { lab in
            try lab.editInventory { $0 = $0.replacing("rollout: {", with: "rollout: { restarts: defer,") }
            #expect(try await lab.run("renew", "--yes").code == 3)
            try await lab.fault("fe01", "cmdlet-error", ["--at", "services.gate"])
            let closed = try await lab.run("restart", "fe02", "--yes")
            #expect(closed.code == 5, "\(closed)")
            #expect(try await owed(lab).count == 2)
            try await lab.clear("fe01")
            try await lab.fault("fe02", "cmdlet-error", ["--at", "start-all"])
            let resumed = try await lab.run("runs", "resume")
            #expect(resumed.code == 1 || resumed.code == 5, "\(resumed)")
            #expect(try await owed(lab).count == 2)
            let services = try lab.folder.read("lab/hosts/fe02/services.json")
            #expect(!services.contains("Running"))
            try await lab.clear("fe02")
            let again = try await lab.run("runs", "resume")
            #expect(again.code == 0, "\(again)")
            #expect(try lab.folder.read("lab/hosts/fe02/services.json").contains("Running"))
            #expect(try await owed(lab).map(\.host) == ["fe01"])
        }
    }

    @Test func `who does not leave within the limit is stopped without waiting, and the report says so`() async throws {
        try await LabProject.up("two", transcripts: true) { lab in
            try lab.editInventory { text in
                let found = try #require(text.firstMatch(of: #/drain: \w+/#))
                text.replaceSubrange(found.range, with: "drain: 1s")
            }
            try await lab.fault("fe01", "late", ["--at", "stop-all", "--times", "1"])
            let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(rollout.code == 0, "\(rollout)")
            #expect(try lab.calls("stop-all.forced", on: "fe01") == 1)
            #expect(try lab.calls("stop-all.forced", on: "fe02") == 0)
            let shown = try await lab.run("report")
            #expect(shown.output.contains("stop-all: not drained in 1s, done without waiting"), "\(shown)")
        }
    }

    @Test
    func `a new certificate of Exchange restarts RTCSRV on the Front Ends of the run, last, and is owed elsewhere`()
        async throws
    {
        try await LabProject.up("small", transcripts: true) { lab in
            let alone = try await lab.run("rollout", "um2013", "--yes")
            #expect(alone.code == 3, "\(alone)")
            #expect(alone.errors.contains("RTCSRV") && alone.errors.contains(" restart fe-lyon"), "\(alone)")
            #expect(try await owed(lab).count == 6)
            // The whole restart of each Front End in its own switch pays.
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            #expect(try await owed(lab).isEmpty)
            #expect(try lab.calls("stop", on: "fe01") == 0)
        }
        try await LabProject.up("small", transcripts: true) { lab in
            // Exchange last of all: its servers are slow.
            for host in ["um13a", "um13b"] { try await lab.fault(host, "late", ["--at", "assign"]) }
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            #expect(try await owed(lab).isEmpty)
            for host in ["fe01", "fe02", "fe03"] {
                #expect(try lab.calls("stop", on: host) == 1, "\(host)")
                let agents = try lab.agents(host).filter { $0.contains("renew") }
                #expect(agents.count == 1, "\(agents)")
            }
            let timeline = try await lab.report().run.timeline.map { "\($0.subject ?? "") \($0.text)" }
            let last = try #require(timeline.lastIndex { $0.hasPrefix("um13") && $0.contains("switched") })
            let first = try #require(timeline.firstIndex { $0.contains("restart begins: RTCSRV") })
            #expect(first > last)
        }
    }
}
