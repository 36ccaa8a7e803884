import COpenSSL
package import FleetModel

/// A private key that signs in over SSH: read once, it signs for any number of sessions.
///
/// Reading a key costs more than a whole key exchange (OpenSSL 3 checks and decodes at length), signing 50 to 500 µs.
package struct SSHPrivateKey: Sendable {
    /// `ssh-ed25519` or `ecdsa-sha2-nistp256`, `384`, `521`.
    package let type: String
    /// The public half in SSH's binary form, which begins with the type.
    package let publicKey: [UInt8]
    let handle: KeyHandle

    static let types = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
    private static let limit = 1 << 16

    /// Reads a private key file: OpenSSH's own form without a passphrase; PKCS#8 and the older PEM forms with or without.
    ///
    /// - Throws: ``CertificateError``: `sealed` for OpenSSH's form with a passphrase, whose key derivation OpenSSL does not
    ///   have; `wrongPassword`, also when one is needed and none given; `notAllowed` for RSA and other kinds; `unreadable`.
    package init(file: Secret, passphrase: Secret? = nil) throws {
        ERR_clear_error()
        (handle, type, publicKey) = try file.withBytes { bytes in
            guard bytes.count <= Self.limit else { throw CertificateError(.unreadable, "read a private key") }
            return try Self.body(of: bytes, label: OpenSSHKeyFile.label) { try Self.openSSH($0) }
                ?? Self.pem(bytes, passphrase)
        }
    }

    private static func openSSH(_ bytes: UnsafeRawBufferPointer) throws -> (KeyHandle, String, [UInt8]) {
        let file = try OpenSSHKeyFile(bytes)
        guard !file.isEncrypted else {
            throw CertificateError(.sealed, "read an OpenSSH private key", reason: "it is encrypted")
        }
        let key = try file.key(bytes)
        guard try blob(of: key).blob == file.publicKey else {
            throw CertificateError(.keyMismatch, "read an OpenSSH private key", reason: "its two halves differ")
        }
        return (key, file.type, file.publicKey)
    }

    private static func pem(
        _ bytes: UnsafeRawBufferPointer, _ passphrase: Secret?
    ) throws -> (KeyHandle, String, [UInt8]) {
        let memory = try MemoryHandle(bytes)
        let read =
            try passphrase.map { try $0.withCString { phrase in memory.use { cossl_pem_key_with($0, phrase) } } }
            ?? memory.use { cossl_pem_key($0) }
        guard let read else {
            throw CertificateError.fromQueue(
                Self.isEncryptedPEM(bytes) ? .wrongPassword : .unreadable, "read a private key")
        }
        let key = KeyHandle(owning: read)
        let (type, blob) = try blob(of: key)
        return (key, type, blob)
    }

    /// PKCS#8 says it in its label, the older forms in a header line.
    private static func isEncryptedPEM(_ bytes: UnsafeRawBufferPointer) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED")
    }

    /// Decodes one PEM block into a buffer that is wiped afterwards; nil when there is none with this label.
    private static func body<Result>(
        of bytes: UnsafeRawBufferPointer, label: String, _ use: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        guard let start = bytes.firstRange(of: "-----BEGIN \(label)-----".utf8)?.upperBound,
            let end = bytes[start...].firstRange(of: "-----END \(label)-----".utf8)?.lowerBound
        else { return nil }
        var characters: [UInt8] = []
        // Grown in place: what an array moves away from is not wiped.
        characters.reserveCapacity(end - start)
        for byte in bytes[start..<end] where byte > 0x20 { characters.append(byte) }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var decoded = [UInt8](repeating: 0, count: characters.count / 4 * 3 + 3)
        defer {
            OPENSSL_cleanse(&characters, characters.count)
            OPENSSL_cleanse(&decoded, decoded.count)
        }
        let count = Int(EVP_DecodeBlock(&decoded, characters, Int32(characters.count))) - padding
        guard count > 0 else { throw CertificateError.fromQueue(.unreadable, "read an OpenSSH private key") }
        return try decoded.withUnsafeBytes { try use(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// The type and the public half of a key, in SSH's binary form (RFC 5656, RFC 8709).
    private static func blob(of key: KeyHandle) throws -> (type: String, blob: [UInt8]) {
        let kind = key.use { EVP_PKEY_get_base_id($0) }
        guard kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_EC else {
            throw CertificateError(.notAllowed, "sign in with a key that is neither Ed25519 nor ECDSA")
        }
        if kind == EVP_PKEY_ED25519 {
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = bytes.count
            guard key.use({ EVP_PKEY_get_raw_public_key($0, &bytes, &count) }) == 1 else {
                throw CertificateError.fromQueue(.failed, "write a public key")
            }
            return ("ssh-ed25519", string("ssh-ed25519".utf8) + string(bytes))
        }
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = key.use { EVP_PKEY_get1_encoded_public_key($0, &encoded) }
        defer { cossl_release(encoded) }
        guard count > 0, let encoded else { throw CertificateError.fromQueue(.failed, "write a public key") }
        let point = UnsafeBufferPointer(start: encoded, count: count)
        let curve = "nistp\(key.use { EVP_PKEY_get_bits($0) })"
        let type = "ecdsa-sha2-\(curve)"
        guard types.contains(type), point.first == 4 else {
            throw CertificateError(.notAllowed, "sign in with a key on another curve than P-256, P-384, P-521")
        }
        return (type, string(type.utf8) + string(curve.utf8) + string(point))
    }

    /// A length and the bytes.
    private static func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
    }

    /// Signs, on the calling thread.
    ///
    /// - Returns: The signature as SSH has it inside its outer string: 64 bytes for Ed25519, the numbers r and s as
    ///   `mpint`s for ECDSA.
    /// - Throws: ``CertificateError`` `failed`.
    package func sign(_ bytes: [UInt8]) throws -> [UInt8] {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { throw CertificateError.fromQueue(.failed, "sign") }
        defer { EVP_MD_CTX_free(context) }
        let digest =
            switch type {
            case "ecdsa-sha2-nistp256": EVP_sha256()
            case "ecdsa-sha2-nistp384": EVP_sha384()
            case "ecdsa-sha2-nistp521": EVP_sha512()
            default: OpaquePointer?.none  // Ed25519 brings its own
            }
        // Longer than any of them: P-521 in DER has 141 at most.
        var signature = [UInt8](repeating: 0, count: 160)
        var length = signature.count
        let isSigned = handle.use { key in
            EVP_DigestSignInit(context, nil, digest, nil, key) == 1
                && EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
        }
        guard isSigned else { throw CertificateError.fromQueue(.failed, "sign") }
        signature.removeLast(signature.count - length)
        return digest == nil ? signature : try Self.numbers(signature)
    }

    /// DER's `SEQUENCE` of two `INTEGER`s as two `mpint`s: the bytes of the numbers are the same in both.
    private static func numbers(_ der: [UInt8]) throws -> [UInt8] {
        // A length above 127, which only P-521 has, takes a second byte.
        var rest = der.dropFirst(der.count > 1 && der[1] == 0x81 ? 3 : 2)
        var numbers: [UInt8] = []
        for _ in 0..<2 {
            guard rest.popFirst() == 2, let length = rest.popFirst(), rest.count >= length else {
                throw CertificateError(.failed, "sign", reason: "the signature cannot be read")
            }
            numbers += string(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
        }
        return numbers
    }
}
