import FleetModel

/// `lab.json`: what must stay the same each time the lab comes up.
struct LabRecord: Sendable, Equatable, Codable {
    struct TLSPort: Sendable, Equatable, Codable {
        var usage: String
        /// The product's port.
        var standard: Int
        /// Ours on 127.0.0.1; none until the lab was up for the first time.
        var port: Int?
    }

    struct Host: Sendable, Equatable, Codable {
        var name: String
        var fqdn: String
        var pool: String
        var type: PoolType
        var port: Int?
        /// `ssh-ed25519 AAAA…`
        var hostKey: String
        var tls: [TLSPort]
    }

    struct Authority: Sendable, Equatable, Codable {
        var name: String
        var days: Int
        /// Its requests and answers go through folders.
        var dropFolder: Bool
    }

    var version = 1
    var hosts: [Host]
    var authorities: [Authority]
    /// For the words that tell what to type next.
    var rolloutPool: String?
    var sharedOrder: String?

    /// - Throws: ``LabError`` `folder` when the folder holds no lab, ``StateError`` when its file is unreadable.
    static func read(_ folder: LabFolder) throws -> LabRecord {
        guard let record = try StateFile.readJSON(LabRecord.self, folder.record) else {
            throw LabError(.folder, "\(folder.path) is no lab", hint: "certfleet lab up \(folder.path)")
        }
        guard record.version == 1 else {
            throw LabError(.folder, "\(folder.record) is of version \(record.version); this program reads version 1")
        }
        return record
    }

    func write(_ folder: LabFolder) throws { try StateFile.writeJSON(self, to: folder.record) }

    /// - Throws: ``LabError`` `unknown`, with the names that there are.
    func host(_ name: String) throws -> Host {
        guard let host = hosts.first(where: { $0.name == name }) else {
            throw LabError(
                .unknown, "the lab has no host '\(name)'",
                hint: "its hosts: \(hosts.map(\.name).joined(separator: ", "))")
        }
        return host
    }
}
