import Glibc

/// Which host keys are accepted: those pinned in known_hosts files of OpenSSH's form, and no others.
///
/// Plain names, patterns, `[host]:port`, hashed names and `@revoked` are understood; `@cert-authority` is not.
/// There is no way to accept a key unseen: to pin one, ``SSHClient/hostKeys(of:addresses:deadlines:on:)`` fetches it,
/// a person compares its fingerprint, and ``HostKey/knownHostsLine(host:port:)`` is added to the file.
package struct HostKeyPolicy: Sendable {
    private let lines: KnownHostIndex

    /// A key that is pinned to a host, and where.
    package struct Pin: Hashable, Sendable {
        /// The key.
        package let key: HostKey
        /// The file it stands in.
        package let file: String
        /// The line, from 1.
        package let line: Int
        /// Whether the line forbids this key rather than allowing it.
        package let isRevoked: Bool
    }

    /// Reads known_hosts files, now. A file that is not there counts as empty.
    ///
    /// - Throws: ``SSHError`` with code `knownHostsUnreadable`.
    package init(files: [String]) throws {
        lines = KnownHostIndex(try files.flatMap(Self.lines(of:)))
    }

    private static func lines(of file: String) throws -> [KnownHostLine] {
        do {
            return lines(of: try SmallFile.read(file, limit: 64 << 20), file: file)
        } catch let error {
            if error.number == ENOENT { return [] }
            throw SSHError(
                .knownHostsUnreadable, "host key", "cannot read \(file): \(error.reason)", number: error.number)
        }
    }

    /// Takes the text of one known_hosts file; `file` is what messages call it.
    package init(text: String, file: String) {
        lines = KnownHostIndex(Self.lines(of: Array(text.utf8), file: file))
    }

    private static func lines(of bytes: [UInt8], file: String) -> [KnownHostLine] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            KnownHostLine(Substring(decoding: $1, as: UTF8.self), file: file, number: $0 + 1)
        }
    }

    /// What the files say about a host, in their order.
    package func pins(for host: String, port: UInt16) -> [Pin] {
        let name = Self.name(of: host, port: port)
        return lines.lines(for: name).map {
            Pin(key: $0.key, file: $0.file, line: $0.number, isRevoked: $0.isRevoked)
        }
    }

    /// A host's name as known_hosts has it: the port is part of it unless it is 22.
    package static func name(of host: String, port: UInt16) -> String { port == 22 ? host : "[\(host)]:\(port)" }

    /// Throws unless the key is one of the pinned ones.
    static func check(_ key: HostKey, against pins: [Pin], for endpoint: SSHEndpoint) throws {
        if let pin = pins.first(where: { $0.isRevoked && $0.key == key }) {
            throw SSHError(
                .hostKeyRevoked, "host key", "the host key \(key) is revoked in \(pin.file) line \(pin.line)",
                hint: "pin the key that took its place, once it has been compared on the server", hostKey: key)
        }
        let allowed = pins.filter { !$0.isRevoked }
        if allowed.contains(where: { $0.key == key }) { return }
        if let pin = allowed.first(where: { $0.key.type == key.type }) {
            throw SSHError(
                .hostKeyChanged, "host key",
                "host key differs from \(pin.file) line \(pin.line): pinned \(pin.key.fingerprint), shown \(key)",
                hint: "find out why before anything else; pin the new key only if the server was rebuilt", hostKey: key)
        }
        let name = name(of: endpoint.host, port: endpoint.port)
        let known = allowed.first.map { "only as \($0.key.type) in \($0.file) line \($0.line)" }
        throw SSHError(
            .hostKeyUnknown, "host key",
            known.map { "\(name) is pinned \($0), and shows \(key)" }
                ?? "the host key of \(name) is not pinned: \(key)",
            hint: "compare the fingerprint with the one shown on the server, then pin the key", hostKey: key)
    }

    /// The host key algorithms to ask for, in order: those of the pinned keys first, lest a server that has several keys
    /// show one that is not pinned.
    static func order(of supported: [String], pins: [Pin]) -> [String] {
        let types = pins.filter { !$0.isRevoked }.map(\.key.type)
        var first: [String] = []
        for type in types {
            // One RSA key serves three signature algorithms.
            let names = type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type]
            for name in names where !first.contains(name) && supported.contains(name) { first.append(name) }
        }
        return first + supported.filter { !first.contains($0) }
    }
}
