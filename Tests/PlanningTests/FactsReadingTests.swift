import FleetModel
import Foundation
import Planning
import Testing

@Suite struct FactsReadingTests {
    private func entry(_ thumbprint: String, until: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            [
                "Thumbprint": .string(thumbprint), "NotBefore": .string("2026-01-01T00:00:00.000Z"),
                "NotAfter": .string(until),
            ].merging(more) { $1 })
    }

    @Test func `a Lync server's answers become facts`() throws {
        let facts = try FactsReading.facts(
            of: "fe01",
            from: [
                "facts": [.object(["PowerShell": .string("5.1")])],
                "my": [
                    entry(
                        "ab12", until: "2028-01-01T00:00:00Z",
                        [
                            "DnsNames": .string("one.example.com"), "Ekus": .array([.string("1.2.3")]),
                            "KeySize": .int(2048), "HasPrivateKey": .bool(true), "KeyExportable": .null,
                        ])
                ],
                "roots": [.object(["Thumbprint": .string("R1")])], "intermediates": [],
                "assigned": [.object(["Use": .string("Default"), "Thumbprint": .string("ab12")])],
                "services": [.object(["Name": .string("RTCSRV"), "Status": .string("Running")])],
            ])
        #expect(facts.powerShell == "5.1")
        #expect(facts.my.map(\.thumbprint) == ["AB12"])
        #expect(facts.my[0].dnsNames == ["one.example.com"])
        #expect(facts.my[0].keyExportable == nil)
        #expect(facts.my[0].notAfter.timeIntervalSince(facts.my[0].notBefore) == 730 * 86_400)
        #expect(facts.roots == ["R1"])
        #expect(facts.assigned == ["Default": "AB12"])
        #expect(facts.services == ["RTCSRV": "Running"])
    }

    @Test func `of several Exchange certificates with a service the longest-lived one counts`() throws {
        let facts = try FactsReading.facts(
            of: "um01",
            from: [
                "my": [
                    entry("AA", until: "2027-01-01T00:00:00Z"), entry("BB", until: "2028-01-01T00:00:00Z"),
                    entry("CC", until: "2026-06-01T00:00:00Z"),
                ],
                "assigned": [
                    .object(["Thumbprint": .string("AA"), "Services": .string("IIS, UM")]),
                    .object(["Thumbprint": .string("BB"), "Services": .string("UM, UMCallRouter")]),
                    .object(["Thumbprint": .string("CC"), "Services": .string("None")]),
                    .object(["Thumbprint": .string("CC"), "Services": .array([.string("UM")])]),
                ],
                "um-mode": [.object(["UMStartupMode": .string("TCP")])],
                "router-mode": [.object(["UMStartupMode": .string("Dual")])],
                "services": [.object(["Name": .string("MSExchangeUM"), "State": .string("Running")])],
            ])
        #expect(facts.assigned == ["IIS": "AA", "UM": "BB", "UMCallRouter": "BB"])
        #expect(facts.startupModes == ["UM": "TCP", "UMCallRouter": "Dual"])
        #expect(facts.services == ["MSExchangeUM": "Running"])
    }

    @Test func `a certificate without dates makes the survey unreadable`() {
        #expect {
            try FactsReading.facts(of: "fe01", from: ["my": [.object(["Thumbprint": .string("AA")])]])
        } throws: { ($0 as? Fault)?.code == "survey.unreadable" && ($0 as? Fault)?.host == "fe01" }
    }
}
