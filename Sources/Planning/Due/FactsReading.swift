package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads what a survey's steps brought back; the step ids are those of `templates/procedures/survey-*.yaml`.
package enum FactsReading {
    /// - Parameter results: Step id → what the call returned.
    /// - Throws: ``Fault`` `survey.unreadable` when a certificate lacks what every certificate has.
    package static func facts(of name: String, from results: [String: [JSONValue]]) throws -> HostFacts {
        var facts = HostFacts(host: name)
        let host = results["facts"]?.first
        facts.powerShell = host?["PowerShell"]?.text
        facts.fqdn = host?["Fqdn"]?.text
        facts.account = host?["Account"]?.text
        facts.isElevated = host?["Elevated"]?.flag
        facts.modules = host?["Modules"]?.texts ?? []
        facts.my = try (results["my"] ?? []).map { try certificate($0, host: name) }
        facts.roots = (results["roots"] ?? []).compactMap { $0["Thumbprint"]?.text }
        facts.intermediates = (results["intermediates"] ?? []).compactMap { $0["Thumbprint"]?.text }
        facts.trust = (results["trust"] ?? []).compactMap { problem in
            problem["Kind"]?.text.map {
                TrustProblem(
                    kind: $0, thumbprint: problem["Thumbprint"]?.text?.uppercased() ?? "",
                    subject: problem["Subject"]?.text ?? "")
            }
        }
        for entry in results["assigned"] ?? [] { assignment(entry, into: &facts) }
        for entry in results["services"] ?? [] {
            guard let name = entry["Name"]?.text else { continue }
            facts.services[name] = entry["Status"]?.text ?? entry["State"]?.text ?? "Unknown"
        }
        if let mode = results["um-mode"]?.first?["UMStartupMode"]?.text { facts.startupModes["UM"] = mode }
        if let mode = results["router-mode"]?.first?["UMStartupMode"]?.text {
            facts.startupModes["UMCallRouter"] = mode
        }
        return facts
    }

    /// Lync: one object per usage (`Use`). Exchange: one per certificate with its `Services`; of several certificates
    /// with the same service the one that ends last is the one the service picks.
    private static func assignment(_ entry: JSONValue, into facts: inout HostFacts) {
        guard let thumbprint = entry["Thumbprint"]?.text?.uppercased() else { return }
        if let use = entry["Use"] {
            for usage in texts(use) { facts.assigned[usage] = thumbprint }
            return
        }
        for service in texts(entry["Services"] ?? .null) where service != "None" {
            let known = facts.assigned[service].flatMap(facts.certificate)
            let this = facts.certificate(thumbprint)
            if let known, let this, known.notAfter > this.notAfter { continue }
            facts.assigned[service] = thumbprint
        }
    }

    /// A list, or the text of a flags type: `UM, UMCallRouter`.
    static func texts(_ value: JSONValue) -> [String] {
        value.texts.flatMap {
            $0.split(separator: ",").map { $0.trimmingPrefix(while: { $0 == " " }) }.map(String.init)
        }
    }

    private static func certificate(_ value: JSONValue, host: String) throws -> StoreCertificate {
        guard let thumbprint = value["Thumbprint"]?.text, let notBefore = date(value["NotBefore"]),
            let notAfter = date(value["NotAfter"])
        else {
            throw Fault(
                "survey.unreadable", .failed, host: host,
                "a certificate of the computer's store came without thumbprint or dates")
        }
        return StoreCertificate(
            thumbprint: thumbprint.uppercased(), subject: value["Subject"]?.text ?? "",
            issuer: value["Issuer"]?.text ?? "", serialNumber: value["SerialNumber"]?.text ?? "",
            notBefore: notBefore, notAfter: notAfter, friendlyName: value["FriendlyName"]?.text ?? "",
            dnsNames: value["DnsNames"]?.texts ?? [], ekus: value["Ekus"]?.texts ?? [],
            isAuthority: value["IsCa"]?.flag ?? false, selfIssued: value["SelfIssued"]?.flag ?? false,
            keySize: value["KeySize"]?.integer, hasPrivateKey: value["HasPrivateKey"]?.flag ?? false,
            keyExportable: value["KeyExportable"]?.flag, keyProblem: value["KeyProblem"]?.text)
    }

    /// The agent's form: `2026-11-21T10:00:00.000Z`.
    private static func date(_ value: JSONValue?) -> Date? {
        guard let text = value?.text else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return try? style.parse(text)
    }
}
