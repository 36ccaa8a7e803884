import Foundation
import Glibc
import TestSupport
import Testing

/// What can go wrong on the coordinator's side: a second one, a full disk, Ctrl-C, a plan of yesterday.
@Suite(.serialized) struct CoordinatorTests {
    @Test func `a second coordinator is told who holds the state, and changes nothing`() async throws {
        try await LabProject.up("two") { lab in
            try await lab.fault("fe01", "late", ["--at", "assign"])
            let first = try lab.start("rollout", "fe-lyon", "--yes")
            #expect(await first.line(with: "switch begins") != nil)
            let second = try await lab.run("renew", "--yes")
            #expect(second.code == 75, "\(second)")
            #expect(second.errors.contains("rollout fe-lyon"), "\(second)")
            #expect(second.errors.contains("process \(first.pid)"), "\(second)")
            // Reading never locks.
            #expect(try await lab.run("runs", "list").code == 0)
            let ended = try await first.ended()
            #expect(ended.code == 0, "\(ended)")
            #expect(try lab.agents("fe02").count == 1)
        }
    }

    @Test func `Ctrl-C in the middle of a rollout finishes the member in change, and a resume the rest`() async throws {
        try await LabProject.up("two") { lab in
            let before = try lab.usages("fe02")
            try await lab.fault("fe01", "late", ["--at", "assign"])
            let run = try lab.start("rollout", "fe-lyon", "--yes")
            await run.line(with: "switch begins")
            run.signal(SIGINT)
            let ended = try await run.ended()
            #expect(ended.code == 130, "\(ended)")
            #expect(ended.errors.contains(" runs resume"), "\(ended)")
            #expect(try lab.usages("fe02") == before)
            let report = try await lab.report()
            #expect(report.run.state == "interrupted")
            #expect(report.switches.map(\.host) == ["fe01"])

            let resume = try await lab.run("runs", "resume")
            #expect(resume.code == 0, "\(resume)")
            #expect(try lab.usages("fe02") != before)
            #expect(try lab.issued("corp").count == 2)
        }
    }

    @Test func `Ctrl-C twice ends at once, and the resume looks before it does anything`() async throws {
        try await LabProject.up("two") { lab in
            let before = try ["fe01", "fe02"].map(lab.usages)
            try await lab.fault("fe01", "late", ["--at", "assign", "--times", "1"])
            let run = try lab.start("rollout", "fe-lyon", "--yes")
            await run.line(with: "switch 2/")
            run.signal(SIGINT)
            await run.line(with: "once more ends it at once")
            run.signal(SIGINT)
            let ended = try await run.ended()
            #expect(ended.code == 130, "\(ended)")
            #expect(ended.errors.contains(" runs resume"), "\(ended)")
            #expect(try lab.usages("fe02") == before[1])

            let resume = try await lab.run("runs", "resume")
            #expect(resume.code == 0, "\(resume)")
            #expect(zip(before, try ["fe01", "fe02"].map(lab.usages)).allSatisfy { $0 != $1 })
            #expect(try lab.issued("corp").count == 2)
            #expect(try lab.keys("fe01").count == 2)
        }
    }

    @Test func `SIGTERM is Ctrl-C with 143`() async throws {
        try await LabProject.up("two") { lab in
            try await lab.fault("fe01", "late", ["--at", "assign", "--times", "1"])
            let run = try lab.start("rollout", "fe-lyon", "--yes")
            await run.line(with: "switch begins")
            run.signal(SIGTERM)
            let ended = try await run.ended()
            #expect(ended.code == 143, "\(ended)")
            #expect(try await lab.run("runs", "resume").code == 0)
        }
    }

    @Test func `a full disk stops the run with 73, and with room again it is resumed`() async throws {
        try await LabProject.up("two") { lab in
            let line = #"ulimit -f "$1"; shift; exec "$@""#
            func limited(_ kilobytes: Int, _ words: String...) async throws -> ProgramResult {
                try await BuiltProgram.run(
                    "bash", ["-c", line, "bash", String(kilobytes), BuiltProgram.path, "--project", lab.path] + words,
                    environment: lab.environment)
            }
            // No room at all: nothing is contacted.
            let none = try await limited(0, "rollout", "fe-lyon", "--yes")
            #expect(none.code == 73, "\(none)")
            #expect(try lab.agents("fe01") == [])

            // Room for the beginning only.
            let some = try await limited(150, "rollout", "fe-lyon", "--yes")
            #expect(some.code == 73, "\(some)")
            #expect(some.errors.contains(" runs resume"), "\(some)")
            #expect(try lab.agents("fe01").count == 1)
            let resume = try await lab.run("runs", "resume")
            #expect(resume.code == 0, "\(resume)")
            #expect(try await lab.run("renew", "--yes").errors.contains("nothing is due"))
            #expect(try lab.issued("corp").count == 2)
            #expect(try lab.tree().paths.filter { $0.contains("/Request/") || $0.contains("/private/") } == [])
        }
    }

    @Test func `a saved plan is carried out while the world is as it was, and refused when it has moved`() async throws
    {
        try await LabProject.up("two") { lab in
            let saved = lab.folder["plan.json"]
            #expect(try await lab.run("plan", "fe-lyon", "-o", saved).code == 0)
            let applied = try await lab.run("apply", saved, "--yes")
            #expect(applied.code == 0, "\(applied)")
            let after = try lab.usages("fe01")
            let stale = try await lab.run("apply", saved, "--yes")
            #expect(stale.code == 78, "\(stale)")
            #expect(stale.errors.contains("certfleet --project \(lab.path) plan"), "\(stale)")
            #expect(try lab.usages("fe01") == after)
            #expect(try lab.issued("corp").count == 2)
        }
    }

    @Test func `who cannot be asked must say yes, and who asks for what is not there is told what there is`()
        async throws
    {
        try await LabProject.up("two") { lab in
            for words in [["rollout", "fe-lyon"], ["renew"]] {
                let unasked = try await lab.certfleet(["--project", lab.path] + words)
                #expect(unasked.code == 64)
                #expect(unasked.errors.contains("--yes"))
            }
            let unknown = try await lab.run("rollout", "fe-lyonn", "--yes")
            #expect(unknown.code == 66)
            #expect(unknown.errors.contains("did you mean fe-lyon?"), "\(unknown)")
            #expect(try await lab.run("push", "fe-lyon/fee", "--yes").code == 66)
            #expect(try await lab.run("push", "fe-lyon/fe", "--yes").code == 64)
            #expect(try await lab.run("report").code == 66)
            #expect(try lab.agents("fe01") == [])
        }
    }

    @Test func `a changed host key stops everything: 77 when every host has one, a failed host when one has`()
        async throws
    {
        try await LabProject.up("two") { lab in
            let known = try lab.folder.read("lab/known_hosts")
            let lines = known.split(separator: "\n").map(String.init)
            let fields = lines.map { $0.split(separator: " ").map(String.init) }
            #expect(fields.count == 2)
            // Each with the other's key.
            let swapped = zip(fields, fields.reversed()).map { "\($0[0]) \($1[1]) \($1[2])" }
            try lab.folder.write(swapped.joined(separator: "\n") + "\n", to: "lab/known_hosts")
            for words in [["rollout", "fe-lyon", "--yes"], ["renew", "--yes"]] {
                let all = try await lab.certfleet(["--project", lab.path] + words)
                #expect(all.code == 77, "\(all)")
                #expect(all.errors.contains("fe01: ") && all.errors.contains("fe02: "), "\(all)")
                #expect(all.errors.contains("known_hosts"), "\(all)")
            }
            #expect(try lab.agents("fe01") == [])

            try lab.folder.write([lines[0], swapped[1]].joined(separator: "\n") + "\n", to: "lab/known_hosts")
            let before = try ["fe01", "fe02"].map(lab.usages)
            let one = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect([1, 5].contains(one.code), "\(one)")
            #expect(one.errors.contains("ssh.host-key"), "\(one)")
            #expect(try ["fe01", "fe02"].map(lab.usages) == before)
        }
    }

    @Test func `ten mistakes of an inventory are ten messages with their places, and nothing is contacted`()
        async throws
    {
        let text = try String(contentsOfFile: Inventories.path("ten-mistakes"), encoding: .utf8)
        /// The place of a word of the file, counted from 1 in characters.
        func place(of word: String, after start: String = "") throws -> String {
            let from = try start.isEmpty ? text.startIndex : #require(text.range(of: start)).upperBound
            let found = try #require(text[from...].range(of: word))
            let before = text[..<found.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
            return "\(before.count):\((before.last?.count ?? 0) + 1)"
        }
        let expected = [
            try place(of: "example.com"), try place(of: "organisation"), try place(of: "hunter2"),
            try place(of: "soon"), try place(of: #""2018""#), try place(of: "fe-pariis"), try place(of: "adress"),
            try place(of: "fe01", after: "10.1.1.12"), try place(of: "WebServicesInternall"), try place(of: "corpp"),
        ]
        try await LabProject.up("two") { lab in
            try lab.editInventory { $0 = text }
            for words in [
                ["inventory", "lint"], ["plan"], ["renew", "--yes"], ["status"], ["rollout", "fe-lyon", "--yes"],
            ] {
                let result = try await lab.certfleet(["--project", lab.path] + words)
                #expect(result.code == 65, "\(words)")
                let messages = result.errors.split(separator: "\n").filter { !$0.hasPrefix("  ") }
                #expect(messages.count == 10, "\(result)")
                for (message, place) in zip(messages, expected) {
                    #expect(message.contains("fleet.yml:\(place): "), "\(message)")
                }
                #expect(!result.errors.contains("hunter2"))
                #expect(result.errors.contains("did you mean `address`?"))
            }
            #expect(try lab.agents("fe01") == [] && lab.agents("fe02") == [])
            #expect(!FileManager.default.fileExists(atPath: "\(lab.path)/state"))
        }
    }
}
