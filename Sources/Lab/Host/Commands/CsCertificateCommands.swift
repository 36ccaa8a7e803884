import Certificates
import FleetModel

/// Lync's and Skype for Business' assignments.
enum CsCertificateCommands {
    static let table: [String: Command] = [
        "Get-CsCertificate": { try list($0) },
        "Set-CsCertificate": { try assign($0) },
    ]

    /// One object per usage that has a certificate.
    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let wanted = try context.arguments.has("Type") ? CsUsages.legal(context) : nil
        let isGlobal = isGlobal(context)
        let central = isGlobal ? CentralStore.above(context.state) : nil
        var assigned = try context.state.usages()
        if isGlobal {
            assigned = [:]
            for usage in CentralStore.usages { assigned[usage] = try central?.thumbprint(of: usage) }
        }
        let known = ServiceCatalogue.usages(of: context.host.type, version: context.host.version)
        return try known.filter { assigned[$0] != nil && wanted?.contains($0) ?? true }.map { usage in
            var properties: [String: JSONValue] = ["Use": .string(usage)]
            if let thumbprint = assigned[usage] {
                properties["Thumbprint"] = .string(thumbprint)
                if let entry = try central?.entry(thumbprint) ?? context.ownEntry(thumbprint) {
                    let certificate = try Certificate(entry.certificate)
                    properties.merge(CertificateFacts.properties(certificate, entry: entry)) { old, _ in old }
                    properties["AlternativeNames"] = .texts(certificate.dnsNames)
                    properties["EffectiveDate"] = .date(certificate.notBefore)
                }
            }
            return .object(properties)
        }
    }

    private static func assign(_ context: CommandContext) throws -> [CommandResult] {
        for name in ["Roll", "EffectiveDate", "Path", "Reference"] where context.arguments.has(name) {
            throw context.failure("The lab does not play -\(name).")
        }
        let usages = try CsUsages.legal(context)
        guard !usages.isEmpty else { throw context.failure("A certificate usage is needed.") }
        let certificate = try usable(context)
        if isGlobal(context) { return try assignGlobally(certificate, usages: usages, context) }
        try context.state.assign(certificate.thumbprint, to: usages, type: context.host.type)
        return []
    }

    private static func isGlobal(_ context: CommandContext) -> Bool {
        context.arguments.text("Identity")?.lowercased() == "global"
    }

    /// Into the Central Management store, with the key; the replicas follow in their own time.
    private static func assignGlobally(
        _ certificate: Certificate, usages: [String], _ context: CommandContext
    ) throws -> [CommandResult] {
        guard usages == CentralStore.usages else {
            throw context.failure("Only OAuthTokenIssuer can be assigned with the identity Global.")
        }
        guard let central = CentralStore.above(context.state), context.host.hasNetworkCredentials == true else {
            throw context.failure(
                "Cannot connect to the Central Management store: access was denied to this logon.",
                hresult: WindowsError.accessDenied)
        }
        guard let entry = try context.ownEntry(certificate.thumbprint), entry.exportable else {
            throw context.failure(
                "The private key of certificate \"\(certificate.thumbprint)\" cannot be exported.",
                target: certificate.thumbprint)
        }
        for usage in usages { try central.assign(entry, to: usage, now: context.now) }
        return []
    }

    /// The certificate named by `Thumbprint`: in `My`, with its key, valid by the host's own trust.
    static func usable(_ context: CommandContext) throws -> Certificate {
        let thumbprint = try context.required("Thumbprint")
        guard let entry = try context.ownEntry(thumbprint) else {
            throw context.failure(
                "Certificate \"\(thumbprint)\" is not in the computer's store.", target: thumbprint,
                hresult: WindowsError.notFound)
        }
        guard entry.key != nil else {
            throw context.failure(
                "Certificate \"\(thumbprint)\" has no private key.", target: thumbprint,
                hresult: WindowsError.noPrivateKey)
        }
        let certificate = try Certificate(entry.certificate)
        do {
            _ = try context.chain(of: certificate)
        } catch let error as CertificateError where error.code == .chain {
            throw context.failure(
                "Certificate \"\(thumbprint)\" is not valid: \(ChainCommands.word(error.number)).", target: thumbprint,
                hresult: ChainCommands.hresult(error.number))
        }
        return certificate
    }
}
