import FleetModel
import Foundation
import Planning
import Testing

struct TrustTests {
    private func problem(_ kind: String, _ thumbprint: String) -> TrustProblem {
        TrustProblem(kind: kind, thumbprint: thumbprint, subject: "CN=\(thumbprint)")
    }

    @Test func `what is wrong with a server's trust is named with its code, and with what mends it`() throws {
        var world = try World.healthy()
        let assigned = try #require(world.facts["fe01"]?.facts?.assigned["Default"])
        world.change("fe01") { facts in
            facts.trust = [
                problem("NotSelfSignedInRoot", "AB01"), problem("RootWithSameName", "AB02"),
                problem("TooManyRoots", ""), problem("NoPrivateKey", assigned.uppercased()),
                problem("NoPrivateKey", "FF00"), problem("Expired", "FF01"), problem("ExpiredRoot", "FF02"),
            ]
            facts.assigned = facts.assigned.mapValues { $0.uppercased() }
            facts.roots = []
            facts.intermediates = []
        }
        let trust = try world.only("fe-lyon").trust
        #expect(trust.allSatisfy { $0.host == "fe01" && !$0.repair.isEmpty && !$0.text.isEmpty })
        #expect(
            trust.map(\.code) == [
                "trust.not-self-signed-in-root", "trust.duplicate-root", "trust.too-many-roots",
                "trust.no-private-key", "trust.root-missing", "trust.intermediate-missing",
            ])
        #expect(trust[0].repair.contains("--accept trust-repair"))
        #expect(trust[3].text.contains("Default, WebServicesExternal, WebServicesInternal"))

        world.change("fe01") { $0.trust = [problem("KeyNotLegacyProvider", assigned.uppercased())] }
        #expect(try world.only("fe-lyon").trust.first?.code == "trust.key-provider")
        #expect(try World.healthy().only("fe-lyon").trust.isEmpty)
    }

    @Test func `taking a certificate out of the roots needs the operator's yes by name, and comes first`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        world.change("fe01") { $0.trust = [problem("NotSelfSignedInRoot", "AB01")] }
        func ids(_ host: String) throws -> [String] {
            try #require(world.only("fe-lyon").prepare("fe-lyon/fe", host: host).birth).ids
        }
        // Not agreed to: not touched, and not asked for again at the end, where it could only fail.
        #expect(try !ids("fe01").contains { $0.hasPrefix("misplaced") || $0 == "trust" })
        #expect(try ids("fe02").contains("trust"))
        world.accepted = ["trust-repair"]
        #expect(try ids("fe01").first == "misplaced[AB01]")
        #expect(try ids("fe01").contains("trust"))
        #expect(try !ids("fe02").contains { $0.hasPrefix("misplaced") })
    }
}
