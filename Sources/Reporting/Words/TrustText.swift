import FleetModel

/// What endangers a pool's certificates, for people and programs: what it is, and in a line of its own what mends it.
enum TrustText {
    static func lines(_ findings: [TrustFinding], style: TextStyle, indent: String = "  ") -> [String] {
        findings.flatMap { finding in
            [
                style("\(indent)\(finding.host): \(finding.text) [\(finding.code)]".cleaned, .waiting),
                "\(indent)  repair: \(finding.repair)".cleaned,
            ]
        }
    }

    static func json(_ findings: [TrustFinding]) -> JSONValue {
        .array(
            findings.map {
                .object([
                    "host": .string($0.host), "code": .string($0.code), "text": .string($0.text),
                    "repair": .string($0.repair),
                ])
            })
    }
}
