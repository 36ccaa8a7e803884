#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL
import FleetModel

/// Writes a PKCS#12.
struct PKCS12Writing {
    /// The provider whose keys Lync and Exchange can use (vendor's certificate requirements).
    static let provider = "Microsoft RSA SChannel Cryptographic Provider"
    private static let rounds: Int32 = 2048

    var pfx: PFX
    var form: PFX.Form

    func write(password: Secret) throws -> Secret {
        ERR_clear_error()
        let operation = "write a PFX"
        guard !password.isEmpty else { throw CertificateError(.notAllowed, "write a PFX without a password") }
        // The attribute changes the key object, so it goes to a duplicate.
        guard let copy = EVP_PKEY_dup(pfx.key.handle.pointer) else {
            throw CertificateError.fromQueue(.failed, operation)
        }
        let key = KeyHandle(owning: copy)
        if pfx.key.isRSA, cossl_set_provider(copy, Self.provider) != 1 {
            throw CertificateError.fromQueue(.failed, operation)
        }
        let leaf = try CertificateHandle(pfx.certificate)
        let others = try CertificateStackHandle(pfx.intermediates)
        let algorithm = form == .tripleDES ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc
        defer {
            key.stay()
            leaf.stay()
            others.stay()
        }
        let name = Secret(text: pfx.friendlyName ?? "")
        return try password.withCString { password in
            try name.withCString { name in
                // No MAC from PKCS12_create: it would be SHA-256 whatever the form.
                let made = PKCS12_create(
                    password, pfx.friendlyName == nil ? nil : name, key.pointer, leaf.pointer, others.pointer,
                    algorithm, algorithm, Self.rounds, -1, pfx.key.isRSA ? cossl_key_exchange() : 0)
                guard let made else { throw CertificateError.fromQueue(.failed, operation) }
                let handle = PKCS12Handle(owning: made)
                let hash = form == .tripleDES ? EVP_sha1() : EVP_sha256()
                defer { handle.stay() }
                guard PKCS12_set_mac(made, password, -1, nil, 0, Self.rounds, hash) == 1 else {
                    throw CertificateError.fromQueue(.failed, operation)
                }
                return try bytes(handle)
            }
        }
    }

    private func bytes(_ handle: PKCS12Handle) throws -> Secret {
        let memory = try MemoryHandle()
        guard memory.use({ i2d_PKCS12_bio($0, handle.pointer) }) == 1 else {
            throw CertificateError.fromQueue(.failed, "write a PFX")
        }
        return memory.withBytes { Secret($0) }
    }
}

/// Reads a PKCS#12.
struct PKCS12Reading {
    private let handle: PKCS12Handle

    init(_ file: Secret) throws {
        let read = try file.withBytes { bytes in
            try decode(bytes, "read a PFX", { d2i_PKCS12(nil, $0, $1) }, free: { PKCS12_free($0) })
        }
        handle = PKCS12Handle(owning: read)
    }

    func read(password: Secret) throws -> PFX {
        ERR_clear_error()
        guard PKCS12_mac_present(handle.pointer) == 1 else {
            throw CertificateError(.unreadable, "read a PFX", reason: "it is not protected by a password")
        }
        return try password.withCString { password in
            guard PKCS12_verify_mac(handle.pointer, password, -1) == 1 else {
                ERR_clear_error()
                throw CertificateError(.wrongPassword, "the password does not open the PFX")
            }
            var key: OpaquePointer?
            var leaf: OpaquePointer?
            var others: OpaquePointer?
            guard PKCS12_parse(handle.pointer, password, &key, &leaf, &others) == 1 else {
                throw CertificateError.fromQueue(.unreadable, "read a PFX")
            }
            ERR_clear_error()
            return try content(
                key: key.map { KeyHandle(owning: $0) }, leaf: leaf.map { CertificateHandle(owning: $0) },
                others: others.map { CertificateStackHandle(owning: $0) })
        }
    }

    private func content(
        key: KeyHandle?, leaf: CertificateHandle?, others: CertificateStackHandle?
    ) throws -> PFX {
        guard let key, let leaf else {
            throw CertificateError(.noKey, "the PFX holds no key with its certificate")
        }
        defer {
            leaf.stay()
            others?.stay()
        }
        var length: Int32 = 0
        let name = X509_alias_get0(leaf.pointer, &length).map {
            String(decoding: UnsafeBufferPointer(start: $0, count: Int(max(length, 0))), as: UTF8.self)
        }
        let chain = try (0..<cossl_certificates_count(others?.pointer)).map { index in
            try Certificate(
                try encode("write a certificate") { i2d_X509(cossl_certificates_at(others?.pointer, index), $0) })
        }
        return try PFX(
            certificate: try Certificate(leaf), key: try PrivateKey(key), intermediates: chain,
            friendlyName: name.flatMap { $0.isEmpty ? nil : $0 })
    }
}
