#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL
import FleetModel

/// One side's settings, shared by its connections.
///
/// Sendable because nothing changes an `SSL_CTX` here once its initialiser has returned, and OpenSSL then allows its
/// use from many threads at once.
final class ContextHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ method: OpaquePointer?) throws {
        ERR_clear_error()
        guard let made = SSL_CTX_new(method) else { throw TLSError.fromQueue(.handshake, "cannot set up TLS") }
        pointer = made
        cossl_no_session_cache(made)
    }

    deinit { SSL_CTX_free(pointer) }

    /// The probe's side: talks to servers that nobody has patched for years, and judges nothing. What it sees is only
    /// looked at, so old protocols and short keys do no harm.
    static func probing() throws -> ContextHandle {
        let context = try ContextHandle(TLS_client_method())
        SSL_CTX_set_security_level(context.pointer, 0)
        guard cossl_set_minimum_version(context.pointer, TLS1_VERSION) == 1,
            SSL_CTX_set_cipher_list(context.pointer, "ALL:@SECLEVEL=0") == 1
        else { throw TLSError.fromQueue(.handshake, "cannot set up TLS") }
        SSL_CTX_set_options(context.pointer, cossl_legacy_server_connect())
        return context
    }

    /// A server's side.
    ///
    /// - Throws: ``TLSError`` `identity`.
    static func serving(_ identity: TLSIdentity) throws -> ContextHandle {
        let context = try ContextHandle(TLS_server_method())
        // It shows whatever it is given, weak certificates too: whether they pass is for the other side to judge.
        SSL_CTX_set_security_level(context.pointer, 0)
        let key = try PrivateKeyHandle(pem: identity.key)
        let leaf = try PeerCertificateHandle(der: identity.certificate)
        let installed = leaf.use { SSL_CTX_use_certificate(context.pointer, $0) == 1 }
        guard installed, key.use({ SSL_CTX_use_PrivateKey(context.pointer, $0) == 1 }),
            SSL_CTX_check_private_key(context.pointer) == 1
        else { throw TLSError.fromQueue(.identity, "the certificate and the key are not a pair") }
        for issuer in identity.chain {
            let handle = try PeerCertificateHandle(der: issuer)
            guard handle.use({ cossl_add_chain(context.pointer, $0) == 1 }) else {
                throw TLSError.fromQueue(.identity, "cannot use the chain")
            }
        }
        return context
    }
}

final class PrivateKeyHandle {
    private let pointer: OpaquePointer

    init(pem: Secret) throws {
        ERR_clear_error()
        let read: OpaquePointer? = pem.withBytes { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(memory) }
            return cossl_pem_key(memory)
        }
        guard let read else { throw TLSError.fromQueue(.identity, "cannot read the private key") }
        pointer = read
    }

    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { withExtendedLifetime(self) { body(pointer) } }

    deinit { EVP_PKEY_free(pointer) }
}
