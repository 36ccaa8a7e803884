package import FleetModel
package import FoundationEssentials

/// A certificate in one of a host's stores.
package struct StoreEntry: Sendable {
    /// Upper-case hex SHA-1 of ``certificate``.
    package var thumbprint: String
    /// DER.
    package var certificate: Data
    /// PKCS#8 PEM; `nil` where the key is not on this host.
    package var key: Secret?
    package var friendlyName: String
    /// May the key leave the host?
    package var exportable: Bool
    /// What reading the key says, where that fails: a key in a provider of the newer kind.
    package var keyProblem: String?

    package init(
        thumbprint: String, certificate: Data, key: Secret? = nil, friendlyName: String = "", exportable: Bool = false
    ) {
        self.thumbprint = thumbprint
        self.certificate = certificate
        self.key = key
        self.friendlyName = friendlyName
        self.exportable = exportable
    }
}

/// One certificate store of a host: a folder with `<THUMBPRINT>.cer`, `.key` and `.json`.
package struct CertificateStore: Sendable {
    /// The stores of a machine; raw values are both folder names and the names that Windows uses.
    package enum Name: String, Sendable, CaseIterable {
        case my = "My"
        case root = "Root"
        case intermediate = "CA"
        case request = "Request"
    }

    private struct Remarks: Codable {
        var friendlyName: String
        var exportable: Bool
        var keyProblem: String?
    }

    package let folder: String

    /// Upper-case, sorted.
    package func thumbprints() throws -> [String] {
        try StateFile.names(in: folder).compactMap { $0.hasSuffix(".cer") ? String($0.dropLast(4)) : nil }
    }

    package func entries() throws -> [StoreEntry] { try thumbprints().compactMap { try entry($0) } }

    /// By thumbprint in either case, as Windows compares them; `nil` when it is not there.
    package func entry(_ thumbprint: String) throws -> StoreEntry? {
        guard let path = path(thumbprint), let certificate = try StateFile.read(path + ".cer") else { return nil }
        let remarks = try StateFile.readJSON(Remarks.self, path + ".json")
        var entry = StoreEntry(
            thumbprint: thumbprint.uppercased(), certificate: certificate,
            key: try StateFile.read(path + ".key").map { Secret($0) },
            friendlyName: remarks?.friendlyName ?? "", exportable: remarks?.exportable ?? false)
        entry.keyProblem = remarks?.keyProblem
        return entry
    }

    /// Puts it there; the certificate comes last, so that no reader sees one that lacks its key for a moment.
    package func add(_ entry: StoreEntry) throws {
        guard let path = path(entry.thumbprint) else { throw StateError(.name, "thumbprint \(entry.thumbprint)") }
        try StateFile.writeJSON(
            Remarks(
                friendlyName: entry.friendlyName, exportable: entry.exportable, keyProblem: entry.keyProblem),
            to: path + ".json")
        if let key = entry.key {
            var bytes = key.revealed
            defer { for index in bytes.indices { bytes[index] = 0 } }
            try StateFile.write(bytes, to: path + ".key", mode: 0o600)
        }
        try StateFile.write(entry.certificate, to: path + ".cer")
    }

    /// Removes certificate, key and remarks; `false` when there was no such certificate.
    @discardableResult
    package func remove(_ thumbprint: String) throws -> Bool {
        guard let path = path(thumbprint) else { return false }
        let removed = try StateFile.remove(path + ".cer")
        try StateFile.remove(path + ".key")
        try StateFile.remove(path + ".json")
        return removed
    }

    private func path(_ thumbprint: String) -> String? {
        let name = thumbprint.uppercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }) else {
            return nil
        }
        return "\(folder)/\(name)"
    }
}
