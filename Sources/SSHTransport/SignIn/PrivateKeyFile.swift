/// What can be told about a private key file without its passphrase.
struct PrivateKeyFile: Hashable {
    enum Kind: Hashable {
        case ed25519, ecdsa, rsa
        /// Something else, by its own name.
        case other(String)
        /// PKCS#8 hides it.
        case unknown
    }

    let kind: Kind
    let isEncrypted: Bool

    /// - Returns: nil when this is no private key in OpenSSH's or PEM form.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") }) else { return nil }
        let label = lines[start].dropFirst(11).prefix { $0 != "-" }
        let body = lines[(start + 1)...].prefix { !$0.hasPrefix("-----END ") }
        switch label {
        case "OPENSSH PRIVATE KEY":
            guard let (kind, isEncrypted) = Self.openSSH(body.joined()) else { return nil }
            (self.kind, self.isEncrypted) = (kind, isEncrypted)
        case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY":
            kind = label == "RSA PRIVATE KEY" ? .rsa : label == "EC PRIVATE KEY" ? .ecdsa : .other("DSA")
            isEncrypted = body.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") }
        case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
            kind = .unknown
            isEncrypted = label.hasPrefix("ENCRYPTED")
        default:
            return nil
        }
    }

    /// `openssh-key-v1`: magic, cipher, key derivation and its options, number of keys, the public key; the rest is secret.
    private static func openSSH(_ text: String) -> (Kind, Bool)? {
        guard let bytes = Base64.decode(text), bytes.starts(with: "openssh-key-v1\0".utf8) else { return nil }
        var reader = WireReader(bytes.dropFirst(15))
        guard let cipher = reader.text(), reader.string() != nil, reader.string() != nil, reader.number() == 1,
            let key = reader.string().flatMap(HostKey.init(blob:))
        else { return nil }
        let kind: Kind =
            switch key.type {
            case "ssh-ed25519": .ed25519
            case "ssh-rsa": .rsa
            case let type where type.hasPrefix("ecdsa-sha2-nistp"): .ecdsa
            case let type: .other(type)
            }
        return (kind, cipher != "none")
    }

    /// Why this build cannot sign with it, if it cannot.
    func refusal(canSignWithRSA: Bool) -> String? {
        switch kind {
        case .ed25519, .ecdsa, .unknown: nil
        case .rsa: canSignWithRSA ? nil : "RSA keys need libssh2 1.11; use ed25519"
        case .other(let name): "\(name) keys cannot be used; use ed25519"
        }
    }
}
