import Foundation
import TestSupport
import Testing

/// What can go wrong with one server, on a lab of three pools: a Front End pool of three, a pool of one, an Exchange pool.
@Suite(.serialized) struct FaultTests {
    /// Where a fault leaves the members of fe-lyon, and with which exit code.
    struct Mishap: Sendable, CustomTestStringConvertible {
        var host = "fe02"
        var fault: [String]
        var code: Int32
        /// Members of fe-lyon that have their new certificate in use after the run, beside those that had none to lose.
        var switched: Set<String> = []
        /// Whether a gate or the canary may have chosen fe01's turn: nobody touched at all.
        var isBeforeAnySwitch = true

        /// Whether anything was begun in fe-lyon: nothing, when a member did not even answer.
        var isBegun: Bool { fault != ["refused"] && fault != ["no-hello"] }

        var testDescription: String { fault.joined(separator: " ") + " on \(host)" }
    }

    static let stopping: [Mishap] = [
        Mishap(fault: ["refused"], code: 5),
        Mishap(fault: ["no-hello"], code: 5),
        Mishap(fault: ["cmdlet-error", "--at", "request"], code: 5),
        Mishap(fault: ["cmdlet-error", "--at", "import"], code: 5),
        Mishap(fault: ["disk-full", "--at", "answer"], code: 5),
        Mishap(fault: ["disk-full"], code: 5),
        Mishap(fault: ["cmdlet-error", "--at", "assign"], code: 5, switched: ["fe01"], isBeforeAnySwitch: false),
        Mishap(
            host: "fe03", fault: ["cmdlet-error", "--at", "assign"], code: 1, switched: ["fe01", "fe02"],
            isBeforeAnySwitch: false),
    ]

    @Test(arguments: stopping)
    func `a fault stops its pool, leaves the others alone, and a resume finishes`(_ mishap: Mishap) async throws {
        try await LabProject.up("small") { lab in
            // Only the agent that never greets is waited for; three seconds are enough for that.
            try lab.editInventory { $0 = $0.replacing("hello: 15s", with: "hello: 6s") }
            let before = Pool.usages(lab)
            try await lab.fault(mishap.host, mishap.fault[0], Array(mishap.fault.dropFirst()))
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == mishap.code, "\(renew)")

            // The message: host first, then a hint that can be typed.
            let lines = renew.errors.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("\(mishap.host): ") && $0.hasSuffix("]") }, "\(renew)")
            #expect(lines.contains { $0.contains(" runs resume") }, "\(renew)")

            // fe-lyon: as said. The others: finished.
            let after = Pool.usages(lab)
            for host in ["fe01", "fe02", "fe03"] where host != mishap.host || mishap.isBeforeAnySwitch {
                #expect((after[host] != before[host]) == mishap.switched.contains(host), "\(host): \(renew)")
            }
            for host in ["um13a", "um13b"] { #expect(after[host] != before[host], "\(host): \(renew)") }
            let report = try await lab.report()
            let touched = Set(report.switches.map(\.host)).union(
                report.run.timeline.filter { $0.text.hasPrefix("switch begins") }.compactMap(\.subject))
            let expected = mishap.switched.union(mishap.isBeforeAnySwitch ? [] : [mishap.host])
            #expect(touched.intersection(["fe01", "fe02", "fe03"]) == expected)

            // While something of it is begun and not finished, a new run on these hosts is refused with the way out.
            if mishap.isBegun {
                let again = try await lab.run("rollout", "fe-lyon", "--yes")
                #expect(again.code == 5)
                #expect(again.errors.contains(" runs resume \(report.run.id)"), "\(again)")
                #expect(again.errors.contains(" runs abort \(report.run.id)"))
            }

            try await lab.clear(mishap.host)
            let resume = try await lab.run("runs", "resume")
            #expect(resume.code == 0, "\(resume)")
            let end = Pool.usages(lab)
            for host in Pool.due { #expect(end[host] != before[host], "\(host)") }
            #expect(try lab.issued("corp").count == 5, "each order of each host once")
            let nothing = try await lab.run("renew", "--yes")
            #expect(nothing.code == 0)
            #expect(nothing.errors.contains("nothing is due"), "\(nothing)")
            #expect(try lab.tree().paths.filter { $0.contains("/Request/") || $0.contains("/private/") } == [])
        }
    }

    static let overcome: [[String]] = [
        ["cut-before", "--at", "assign", "--times", "1"],
        ["cut-after", "--at", "assign", "--times", "1"],
        ["cut-before", "--at", "request", "--times", "1"],
        ["cut-after", "--at", "request", "--times", "1"],
        ["cut-after", "--at", "import", "--times", "1"],
        ["cut-before", "--times", "1"],
        ["cut-after", "--times", "1"],
    ]

    @Test(arguments: overcome)
    func `a line that is cut once is joined again, and the step is looked at and done once`(_ fault: [String])
        async throws
    {
        try await LabProject.up("two", transcripts: true) { lab in
            let before = Pool.usages(lab)
            try await lab.fault("fe02", fault[0], Array(fault.dropFirst()))
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let after = Pool.usages(lab)
            for host in ["fe01", "fe02"] { #expect(after[host] != before[host], "\(host)") }
            #expect(try lab.issued("corp").count == 2)
            let agents = try lab.agents("fe02")
            // The one that was cut, the one that joined again, and perhaps some that found the first still there.
            #expect(agents.count >= 2, "\(agents)")
            #expect(agents[1].contains("joined again"), "\(agents)")
            #expect(agents[2...].allSatisfy { $0.contains("former agent") }, "\(agents)")
            #expect(try lab.agents("fe01").count == 1)

            // The seed and the one certificate of this run; no second key, no request left.
            #expect(try lab.keys("fe02").count == 2)
            #expect(try lab.tree().paths.filter { $0.contains("/Request/") || $0.contains("/private/") } == [])
            // What the host received. What is done is not done again; but a private folder goes with the agent that
            // made it, and with it the request that lay in it.
            let step = fault.count > 3 ? fault[2] : "folder"
            let isGone = fault[0] == "cut-before" || step == "request" || step == "folder"
            #expect(try lab.calls(step, on: "fe02") == (isGone ? 2 : 1), "\(step)")
        }
    }

    @Test func `a slow answer is waited for`() async throws {
        try await LabProject.up("two") { lab in
            let before = Pool.usages(lab)
            try await lab.fault("fe02", "late", ["--at", "assign"])
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let after = Pool.usages(lab)
            for host in ["fe01", "fe02"] { #expect(after[host] != before[host], "\(host)") }
            #expect(try lab.agents("fe02").count == 1)
        }
    }

    @Test func `a pool of one whose server refuses makes 4, and any other failure of it 1`() async throws {
        for (fault, code) in [
            (["refused"], Int32(4)), (["cmdlet-error", "--at", "request"], 1), (["disk-full", "--at", "answer"], 1),
            (["cmdlet-error", "--at", "assign"], 1),
        ] {
            try await LabProject.up("small") { lab in
                // Not due by age: a name more makes it so.
                try lab.editInventory { text in
                    let place = try #require(text.range(of: "se-lyon:"))
                    let order = try #require(text[place.upperBound...].range(of: "- id: fe\n"))
                    text.insert(contentsOf: "            names: { add: [added.example.com] }\n", at: order.upperBound)
                }
                try await lab.fault("se01", fault[0], Array(fault.dropFirst()))
                let renew = try await lab.run("renew", "--yes")
                #expect(renew.code == code, "\(fault) \(renew)")
                #expect(renew.errors.contains("\nse01: "), "\(renew)")
                let before = try lab.usages("se01")
                try await lab.clear("se01")
                let resume = try await lab.run("runs", "resume")
                #expect(resume.code == 0, "\(fault) \(resume)")
                #expect(try lab.usages("se01") != before)
                #expect(try lab.issued("corp").count == 6)
            }
        }
    }
}

/// The small fleet's hosts.
enum Pool {
    static let due = ["fe01", "fe02", "fe03", "um13a", "um13b"]

    static func usages(_ lab: LabProject) -> [String: [String: String]] {
        var usages: [String: [String: String]] = [:]
        for host in due { usages[host] = try? lab.usages(host) }
        return usages
    }
}

extension LabProject {
    /// The private keys in a host's own store.
    func keys(_ host: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/hosts/\(host)/My").filter { $0.hasSuffix(".key") }
    }

    /// How often a step's call was sent to a host, from the lab's transcripts.
    func calls(_ step: String, on host: String) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder["transcripts"])
        return try names.filter { $0.hasPrefix("\(host)-") }.map { name in
            try folder.read("transcripts/\(name)").split(separator: "\n")
                .filter { $0.contains("\"\(step)\"") && $0.contains("invoke") }.count
        }.reduce(0, +)
    }
}
