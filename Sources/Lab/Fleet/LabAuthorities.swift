import Certificates
import FleetModel
import FoundationEssentials

/// The lab's certification authorities: one root, and below it an issuing one per authority of the inventory.
struct LabAuthorities: Sendable {
    var root: CertificateSigner
    /// By name.
    var issuing: [String: CertificateSigner]
    var records: [LabRecord.Authority]

    /// A public authority from March 2029 on; a drop folder stands for one (`domain` facts, §18).
    static let daysOfDropFolder = 47

    /// Makes keys and certificates and writes them under `ca/`.
    ///
    /// They began three years ago, so that the old certificates of the seeds stand inside their life.
    static func make(for source: LabSource, in folder: LabFolder, now: Date) async throws -> LabAuthorities {
        let kind = source.authorityKey.kind
        let validity = Validity(
            notBefore: now.addingTimeInterval(-3 * 365 * 86_400), notAfter: now.addingTimeInterval(7 * 365 * 86_400))
        let root = try CertificateSigner.makeRoot(
            "Lab Root Authority", key: try await PrivateKey.generate(kind), validity: validity)
        try LabFolder.make("\(folder.path)/ca")
        try write(root, to: folder.root, withDER: true)
        var made = LabAuthorities(root: root, issuing: [:], records: [])
        for definition in source.inventory.authorities.values.sorted(by: { $0.name < $1.name }) {
            let signer = try root.makeAuthority(
                "Lab Issuing Authority \(definition.name)", key: try await PrivateKey.generate(kind),
                validity: validity,
                revocationList: SeedPlan.revocationList(of: "root"))
            try LabFolder.make(folder.issued(definition.name))
            try write(signer, to: "\(folder.authority(definition.name))/issuing", withDER: false)
            made.issuing[definition.name] = signer
            made.records.append(record(of: definition))
            if case .webEnrollment = definition.kind {
                try LabWebAuthority.make(
                    definition.name, days: days(of: definition), signer: signer,
                    key: try await PrivateKey.generate(kind), validity: validity, in: folder)
            }
            if case .hostOnline(let settings) = definition.kind {
                try LabWebAuthority.makeOnline(
                    definition.name, days: days(of: definition), settings: settings, in: folder)
            }
            if case .dropFolder = definition.kind {
                try LabFolder.make(folder.outbox(definition.name), mode: 0o700)
                try LabFolder.make(folder.inbox(definition.name), mode: 0o700)
            }
        }
        return made
    }

    /// Reads an issuing authority back.
    static func signer(_ name: String, in folder: LabFolder) throws -> CertificateSigner {
        let path = "\(folder.authority(name))/issuing"
        guard let certificate = try StateFile.read(path + ".pem"), let key = try StateFile.read(path + ".key") else {
            throw LabError(.folder, "authority '\(name)' has no certificate or key at \(path).pem and .key")
        }
        return try CertificateSigner(
            certificate: Certificate(certificate), key: PrivateKey(pem: Secret(key)))
    }

    private static func record(of definition: AuthorityDefinition) -> LabRecord.Authority {
        var record = LabRecord.Authority(name: definition.name, days: days(of: definition), dropFolder: false)
        if case .dropFolder = definition.kind { record.dropFolder = true }
        return record
    }

    /// How long its certificates live. A program or web pages have an enterprise authority behind them: two years.
    static func days(of definition: AuthorityDefinition) -> Int {
        switch definition.kind {
        case .local(_, _, let days, _): days
        case .dropFolder: daysOfDropFolder
        case .command, .webEnrollment, .hostOnline: 730
        }
    }

    private static func write(_ signer: CertificateSigner, to path: String, withDER: Bool) throws {
        try StateFile.write(signer.certificate.pem, to: path + ".pem")
        if withDER { try StateFile.write(signer.certificate.der, to: path + ".cer") }
        var key = try signer.key.pem().revealed
        defer { for index in key.indices { key[index] = 0 } }
        try StateFile.write(key, to: path + ".key", mode: 0o600)
    }
}
