/// A host's public key.
package struct HostKey: Hashable, Sendable, CustomStringConvertible {
    /// Its type: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, ….
    package let type: String
    /// SSH's binary form, which begins with the type.
    package let blob: [UInt8]

    /// - Returns: nil when the bytes are not a public key in SSH's form.
    package init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let type = reader.text(), !type.isEmpty, !reader.isAtEnd, type.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else {
            return nil
        }
        self.type = type
        self.blob = blob
    }

    /// As OpenSSH prints it: `SHA256:` and the digest in base64 without padding.
    package var fingerprint: String { "SHA256:" + Base64.encode(SHA256.digest(blob), padded: false) }

    /// The line that pins this key to a host in a known_hosts file.
    package func knownHostsLine(host: String, port: UInt16) -> String {
        "\(HostKeyPolicy.name(of: host, port: port)) \(type) \(Base64.encode(blob))"
    }

    package var description: String { "\(type) \(fingerprint)" }
}
