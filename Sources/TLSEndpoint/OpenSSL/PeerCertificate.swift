#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL

final class PeerCertificateHandle {
    private let pointer: OpaquePointer

    init(der: Data) throws {
        ERR_clear_error()
        let read: OpaquePointer? = der.withUnsafeBytes { buffer in
            var position = buffer.bindMemory(to: UInt8.self).baseAddress
            return d2i_X509(nil, &position, buffer.count)
        }
        guard let read else { throw TLSError.fromQueue(.identity, "cannot read the certificate") }
        pointer = read
    }

    func use<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(pointer) }
    }

    deinit { X509_free(pointer) }
}

/// A certificate that a port showed: the few fields that a probe reports.
struct PeerCertificate: Sendable {
    var der: Data
    var thumbprint: String
    var subject: Data
    var issuer: Data
    var dnsNames: [String]
    var notAfter: Date

    init(der: Data) throws {
        self = try PeerCertificateHandle(der: der).use { try PeerCertificate($0, der: der) }
    }

    private init(_ pointer: OpaquePointer, der: Data) throws {
        var seconds: Int64 = 0
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard cossl_time_seconds(X509_get0_notAfter(pointer), &seconds) == 1,
            X509_digest(pointer, EVP_sha1(), &digest, &length) == 1
        else { throw TLSError.fromQueue(.handshake, "cannot read the certificate that it shows") }
        self.der = der
        thumbprint = Self.hex(digest.prefix(Int(length)))
        subject = Self.nameBytes(X509_get_subject_name(pointer))
        issuer = Self.nameBytes(X509_get_issuer_name(pointer))
        dnsNames = Self.names(X509_get0_extensions(pointer))
        notAfter = Date(timeIntervalSince1970: Double(seconds))
        ERR_clear_error()
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    private static func nameBytes(_ name: OpaquePointer?) -> Data {
        guard let name else { return Data() }
        let length = i2d_X509_NAME(name, nil)
        guard length > 0 else { return Data() }
        var bytes = Data(count: Int(length))
        bytes.withUnsafeMutableBytes { buffer in
            var position = buffer.bindMemory(to: UInt8.self).baseAddress
            _ = i2d_X509_NAME(name, &position)
        }
        return bytes
    }

    private static func names(_ extensions: OpaquePointer?) -> [String] {
        var state: Int32 = -1
        guard let list = cossl_alternative_names(extensions, &state) else { return [] }
        defer { GENERAL_NAMES_free(list) }
        return (0..<cossl_alternative_names_count(list)).compactMap { index in
            var start: UnsafePointer<UInt8>?
            let length = cossl_dns_name(list, index, &start)
            guard length >= 0 else { return nil }
            let bytes = UnsafeBufferPointer(start: start, count: Int(length))
            guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Catches the certificates that a server shows, at the moment when OpenSSL would verify them: whatever goes wrong
/// afterwards (a client certificate asked for, an alert), they have been seen.
///
/// Belongs to the queue of its connection.
final class PeerCertificateCatcher {
    private(set) var certificates: [Data] = []

    /// Hangs itself on the connection, which must not outlive it.
    func attach(to conversation: ConversationHandle) {
        conversation.use { connection in
            SSL_set_verify(connection, SSL_VERIFY_NONE, nil)
            let own = Unmanaged.passUnretained(self).toOpaque()
            SSL_set_ex_data(connection, Self.place, own)
        }
    }

    /// Replaces verification in a context; the connection leads back to its catcher.
    static func install(in context: ContextHandle) {
        SSL_CTX_set_cert_verify_callback(
            context.pointer,
            { verification, _ in
                guard let verification,
                    let connection = X509_STORE_CTX_get_ex_data(
                        verification, SSL_get_ex_data_X509_STORE_CTX_idx()),
                    let own = SSL_get_ex_data(OpaquePointer(connection), PeerCertificateCatcher.place)
                else { return 1 }
                let catcher = Unmanaged<PeerCertificateCatcher>.fromOpaque(own).takeUnretainedValue()
                catcher.take(verification)
                return 1
            }, nil)
    }

    /// The slot of every connection where its catcher stands.
    private static let place: Int32 = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nil, nil, nil, nil)

    private func take(_ verification: OpaquePointer) {
        let stack = X509_STORE_CTX_get0_untrusted(verification)
        certificates = (0..<cossl_certificates_count(stack)).compactMap { index in
            let certificate = cossl_certificates_at(stack, index)
            let length = i2d_X509(certificate, nil)
            guard length > 0 else { return nil }
            var bytes = Data(count: Int(length))
            bytes.withUnsafeMutableBytes { buffer in
                var position = buffer.bindMemory(to: UInt8.self).baseAddress
                _ = i2d_X509(certificate, &position)
            }
            return bytes
        }
    }
}
