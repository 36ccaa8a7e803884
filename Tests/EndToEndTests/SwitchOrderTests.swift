import TestSupport
import Testing

/// The first renew of a fresh lab: who is in change beside whom, from the journal's own order of events.
struct SwitchOrderTests {
    @Test func `members take turns, paired pools too, other pools go side by side, and the canary is alone`()
        async throws
    {
        try await LabProject.up { lab in
            let untouched = try lab.usages("se01")
            // Long enough in change to meet each other, whichever of them is the canary.
            for host in ["fe01", "fe02", "fe03", "um13a", "um13b"] {
                try await lab.fault(host, "late", ["--at", "assign"])
            }
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let switches = try await lab.report().switches
            func of(_ prefix: String) -> [SwitchSpan] { switches.filter { $0.host.hasPrefix(prefix) } }
            func meet(_ some: [SwitchSpan], _ others: [SwitchSpan]) -> Bool {
                some.contains { one in others.contains { one.overlaps($0) } }
            }

            for pool in ["fe0", "fe1", "edge", "um10", "um13"] {
                let members = of(pool)
                // An Edge member is switched twice: its shared key first, in a pass of its own.
                #expect(members.count == ["fe0": 3, "fe1": 2, "edge": 6, "um10": 2, "um13": 2][pool], "\(members)")
                for (place, one) in members.enumerated() {
                    for other in members[(place + 1)...] { #expect(!one.overlaps(other), "\(one) \(other)") }
                }
            }
            #expect(meet(of("fe0"), of("um13")))
            #expect(!meet(of("fe0"), of("fe1")))

            let canary = try #require(switches.first)
            #expect(switches.dropFirst().allSatisfy { $0.first > canary.last }, "\(switches)")

            #expect(of("se01") == [])
            #expect(try lab.usages("se01") == untouched)
        }
    }

    @Test func `the A/V key goes first, alone, and only when all members hold it`() async throws {
        try await LabProject.up("edge") { lab in
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let timeline = try await lab.report().run.timeline
            let begun = timeline.enumerated().filter { $0.element.text.hasPrefix("switch begins") }
            #expect(
                begun.map { "\($0.element.subject ?? "") \($0.element.text)" } == [
                    "edge01 switch begins: edge-lyon/edge-av", "edge02 switch begins: edge-lyon/edge-av",
                    "edge03 switch begins: edge-lyon/edge-av", "edge01 switch begins: edge-lyon/edge-internal",
                    "edge02 switch begins: edge-lyon/edge-internal", "edge03 switch begins: edge-lyon/edge-internal",
                ])
            let firstSwitch = try #require(begun.first?.offset)
            for host in ["edge02", "edge03"] {
                let proofs = timeline.enumerated().filter {
                    $0.element.subject == host && $0.element.text.contains("possession")
                }
                #expect(!proofs.isEmpty)
                #expect(proofs.allSatisfy { $0.offset < firstSwitch })
            }
        }
    }
}
