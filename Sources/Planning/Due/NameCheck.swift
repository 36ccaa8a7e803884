import FleetModel

/// Whether a certificate bears the names that an order asks for.
struct NameCheck {
    let order: CertificateOrder
    /// As for ``DueRule/reasons(_:for:exactly:)``.
    let exactly: Bool

    /// Sentences; none when subject and names serve.
    func objections(to certificate: StoreCertificate) -> [String] {
        let subject = DistinguishedName.commonName(of: certificate.subject)
        var found: [String] = []
        if let subject, subject.hasPrefix("*") {
            found.append("subject is \(subject): a wildcard is never allowed there")
        } else if order.subjectIsBinding || exactly, !order.accepts(commonName: subject ?? "") {
            found.append(
                "subject is \(subject ?? "without a name"), must be \(order.subject.commonName) (\(order.subjectOrigin))"
            )
        }
        let missing = order.names.filter { name in
            exactly
                ? !OrderedName(name.name, origin: "").isCovered(by: certificate.dnsNames)
                : !name.isCovered(by: certificate.dnsNames)
        }
        if !missing.isEmpty {
            found.append(
                "names missing: " + missing.map { $0.name + wildcardWord($0.name, certificate) }.joined(separator: ", ")
            )
        }
        return found
    }

    /// Why a wildcard that seems to cover a missing name does not.
    private func wildcardWord(_ name: String, _ certificate: StoreCertificate) -> String {
        for wildcard in certificate.dnsNames where wildcard.hasPrefix("*.") {
            guard name.lowercased().hasSuffix(wildcard.dropFirst().lowercased()) else { continue }
            let labels = name.split(separator: ".").count - wildcard.split(separator: ".").count
            return labels == 0 ? " (\(wildcard) does not count here)" : " (\(wildcard) stands for exactly one label)"
        }
        return ""
    }
}

/// The text form of a subject, as Windows prints it: `CN=fe01.example.com, O="Example, Corp"`.
package enum DistinguishedName {
    /// The first common name; `nil` without one.
    package static func commonName(of text: String) -> String? {
        for part in parts(of: text) {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let key = part[..<equals].filter { $0 != " " }
            guard key.lowercased() == "cn" else { continue }
            let value = part[part.index(after: equals)...].filter { $0 != "\"" }
            return String(value.drop { $0 == " " })
        }
        return nil
    }

    /// Parts between commas or plus signs outside of quotation marks.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var quoted = false
        for character in text {
            if character == "\"" { quoted.toggle() }
            if !quoted, character == "," || character == "+" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
