import FleetModel
package import FoundationEssentials

/// What `lab show --json` prints; paths are relative to the lab's folder.
package struct LabShow: Sendable, Equatable, Codable {
    package struct Authority: Sendable, Equatable, Codable {
        package var name: String
        /// One `<SERIAL>.cer` per certificate that it issued.
        package var issued: String
    }

    package struct Port: Sendable, Equatable, Codable {
        package var usage: String
        /// The product's port.
        package var standard: Int
        package var port: Int

        private enum CodingKeys: String, CodingKey {
            case usage, port
            case standard = "for"
        }
    }

    package struct Host: Sendable, Equatable, Codable {
        package var name: String
        package var fqdn: String
        package var pool: String
        package var address: String
        package var port: Int
        package var state: String
        package var tls: [Port]
    }

    package var version: Int
    /// The root's certificate, DER.
    package var root: String
    package var authorities: [Authority]
    package var hosts: [Host]

    /// - Throws: ``LabError`` `folder` when there is no lab, `notUp` when it was never up: its ports come with that.
    package init(folder path: String) throws {
        let folder = try LabFolder(existing: path)
        let record = try LabRecord.read(folder)
        version = 1
        root = "ca/root.cer"
        authorities = record.authorities.map { Authority(name: $0.name, issued: "ca/\($0.name)/issued") }
        hosts = try record.hosts.map { host in
            guard let port = host.port else {
                throw LabError(.notUp, "the lab has no ports yet", hint: "certfleet lab up \(folder.path)")
            }
            return Host(
                name: host.name, fqdn: host.fqdn, pool: host.pool, address: "127.0.0.1", port: port,
                state: "hosts/\(host.name)",
                tls: host.mappings.map { Port(usage: $0.usage, standard: $0.standard, port: $0.port) })
        }
    }

    /// Indented, keys sorted, with a line feed at its end.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
