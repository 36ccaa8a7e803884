#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL
import Dispatch
package import FleetModel

/// A private key. It is held by OpenSSL and leaves this value only as a ``Secret``.
package struct PrivateKey: Sendable {
    package enum Kind: Sendable, Hashable, CaseIterable {
        case rsa2048, rsa3072, rsa4096, p256
    }

    let handle: KeyHandle
    /// `SubjectPublicKeyInfo`, DER; equal to ``Certificate/publicKey`` of its certificate.
    package let publicKey: Data
    package let bits: Int
    package let isRSA: Bool

    /// Key generation takes from 50 ms to seconds: no cooperative thread may wait for it.
    private static let queue = DispatchQueue(label: "certificates.keys", qos: .userInitiated)

    /// Makes a new key on a queue of its own, one at a time; a caller's thread never waits.
    ///
    /// - Throws: ``CertificateError`` `failed`.
    package static func generate(_ kind: Kind = .rsa2048) async throws -> PrivateKey {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try generateNow(kind) }) }
        }
    }

    /// Makes a new key on the calling thread, which must not be one of the cooperative pool.
    package static func generateNow(_ kind: Kind = .rsa2048) throws -> PrivateKey {
        ERR_clear_error()
        let made =
            switch kind {
            case .rsa2048: cossl_generate_rsa(2048)
            case .rsa3072: cossl_generate_rsa(3072)
            case .rsa4096: cossl_generate_rsa(4096)
            case .p256: cossl_generate_ec("P-256")
            }
        guard let made else { throw CertificateError.fromQueue(.failed, "generate a key") }
        return try PrivateKey(KeyHandle(owning: made))
    }

    /// Reads an unencrypted PEM key, PKCS#8 or the older forms.
    ///
    /// - Throws: ``CertificateError`` `unreadable`, also for an encrypted one (nobody is asked for a passphrase).
    package init(pem: Secret) throws {
        ERR_clear_error()
        let memory = try pem.withBytes { bytes in
            guard bytes.count <= largestInput else { throw CertificateError(.unreadable, "read a private key") }
            return try MemoryHandle(bytes)
        }
        guard let read = memory.use({ cossl_pem_key($0) }) else {
            throw CertificateError.fromQueue(.unreadable, "read a private key")
        }
        try self.init(KeyHandle(owning: read))
    }

    init(_ handle: KeyHandle) throws {
        self.handle = handle
        publicKey = try encode("write a public key") { i2d_PUBKEY(handle.pointer, $0) }
        bits = Int(EVP_PKEY_get_bits(handle.pointer))
        isRSA = EVP_PKEY_get_base_id(handle.pointer) == EVP_PKEY_RSA
    }

    /// PKCS#8, PEM, unencrypted.
    ///
    /// - Throws: ``CertificateError`` `failed`.
    package func pem() throws -> Secret {
        ERR_clear_error()
        let memory = try MemoryHandle()
        guard memory.use({ cossl_pem_write_key($0, handle.pointer) }) == 1 else {
            throw CertificateError.fromQueue(.failed, "write a private key")
        }
        return memory.withBytes { Secret($0) }
    }

    /// Signs with SHA-256: PKCS#1 v1.5 for RSA, DER-encoded ECDSA for P-256.
    ///
    /// - Throws: ``CertificateError`` `failed`.
    package func sign(_ data: Data) throws -> Data {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { throw CertificateError.fromQueue(.failed, "sign") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle.pointer) == 1 else {
            throw CertificateError.fromQueue(.failed, "sign")
        }
        return try data.withUnsafeBytes { input in
            let start = input.bindMemory(to: UInt8.self).baseAddress
            var length = 0
            guard EVP_DigestSign(context, nil, &length, start, input.count) == 1 else {
                throw CertificateError.fromQueue(.failed, "sign")
            }
            var signature = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSign(context, &signature, &length, start, input.count) == 1 else {
                throw CertificateError.fromQueue(.failed, "sign")
            }
            return Data(signature.prefix(length))
        }
    }
}
