import Certificates
import FleetModel
package import FoundationEssentials

/// Web pages of the lab's authorities: made, switched, and their requests decided upon.
package enum LabWebAuthority {
    static let user = "LAB\\certfleet"

    /// Makes what the pages of an authority need: a TLS certificate for `localhost`, an account, its password.
    static func make(
        _ name: String, days: Int, signer: CertificateSigner, key: PrivateKey, validity: Validity, in folder: LabFolder
    ) throws {
        try LabFolder.make(folder.webRequests(name))
        let content = CertificateContent(
            subject: .init(commonName: "localhost"), dnsNames: ["localhost"],
            ekus: [ExtendedKeyUsage.serverAuthentication], validity: validity)
        let path = "\(folder.web(name))/tls"
        try StateFile.write(try signer.issue(content, publicKey: key.publicKey).pem, to: path + ".pem")
        var bytes = try key.pem().revealed
        defer { for index in bytes.indices { bytes[index] = 0 } }
        try StateFile.write(bytes, to: path + ".key", mode: 0o600)
        try StateFile.write(Secret.randomPassword(length: 20).revealed, to: folder.webPassword(name), mode: 0o600)
        try WebSiteRecord(user: user, days: days).write(name, in: folder)
    }

    /// Makes what servers ask by themselves: the same authority without pages, under its name in the directory.
    static func makeOnline(_ name: String, days: Int, settings: HostOnlineSettings, in folder: LabFolder) throws {
        try LabFolder.make(folder.webRequests(name))
        try StateFile.write(Secret.randomPassword(length: 20).revealed, to: folder.webPassword(name), mode: 0o600)
        try WebSiteRecord(
            user: user, days: days, online: settings.authority, templates: [settings.template]
        ).write(name, in: folder)
    }

    package static var faultNames: [String] { WebFault.allCases.map(\.rawValue) }

    /// Whether the lab has web pages for an authority of that name.
    package static func exists(_ authority: String, folder path: String) throws -> Bool {
        let folder = try LabFolder(existing: path)
        return try !authority.contains("/") && (StateFile.read(folder.webSite(authority))) != nil
    }

    /// Whether any authority of the lab has web pages.
    package static func any(folder path: String) throws -> Bool {
        try LabRecord.read(LabFolder(existing: path)).authorities.contains { try exists($0.name, folder: path) }
    }

    /// Switches a fault on; the next request meets it.
    ///
    /// - Throws: ``LabError`` `unknown` with the names that there are.
    package static func set(_ fault: String, on authority: String, folder path: String) throws {
        guard let kind = WebFault(rawValue: fault) else {
            throw LabError(
                .unknown, "there is no fault '\(fault)' of web pages",
                hint: "faults: \(faultNames.joined(separator: ", "))")
        }
        try change(authority, path) { if !$0.faults.contains(kind) { $0.faults.append(kind) } }
    }

    /// Takes back all faults of an authority's pages.
    package static func clear(_ authority: String, folder path: String) throws {
        try change(authority, path) { $0.faults = [] }
    }

    private static func change(_ authority: String, _ path: String, _ body: (inout WebSiteRecord) -> Void) throws {
        let folder = try LabFolder(existing: path)
        try StateFile.exclusively(folder.webSite(authority)) {
            var record = try WebSiteRecord.read(authority, in: folder)
            body(&record)
            try record.write(authority, in: folder)
        }
    }

    /// Plays the CA manager: issues, or denies, what waits at all authorities with web pages.
    ///
    /// - Parameter only: These alone, by number or common name.
    package static func decide(
        folder path: String, deny: Bool = false, only: [String] = [], now: Date = Date()
    ) throws -> [LabClerk.Answer] {
        let folder = try LabFolder(existing: path)
        return try LabRecord.read(folder).authorities.flatMap { authority -> [LabClerk.Answer] in
            let ca = WebCA(folder: folder, authority: authority.name)
            return try ca.all().filter { record in
                record.state == .pending
                    && (only.isEmpty || only.contains("\(record.id)") || only.contains(record.commonName))
            }.map { record in
                var record = record
                if deny {
                    record.state = .denied
                    try ca.write(record)
                } else {
                    record = try ca.issue(record, faults: [], now: now)
                }
                return LabClerk.Answer(
                    authority: authority.name, request: "\(record.id)", answer: deny ? "denied" : "issued",
                    commonName: record.commonName, serial: record.serial ?? "")
            }
        }
    }
}
