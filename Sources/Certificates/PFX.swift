#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL
package import FleetModel

/// A key with its certificate and its intermediates, as a PKCS#12 file carries them.
package struct PFX: Sendable {
    /// How the file is encrypted.
    package enum Form: Sendable, Hashable {
        /// PBE-SHA1-3DES with a SHA-1 MAC: the one form that every Windows reads.
        case tripleDES
        /// AES-256 with a SHA-256 MAC: Windows Server 2019 and later, and where FIPS mode refuses the other.
        case aes
    }

    package var certificate: Certificate
    package var key: PrivateKey
    /// Without the root: an import would put it into the wrong store.
    package var intermediates: [Certificate]
    /// What Windows shows as friendly name.
    package var friendlyName: String?

    /// Self-issued certificates among the intermediates are left out.
    ///
    /// - Throws: ``CertificateError`` `keyMismatch` when key and certificate are not a pair.
    package init(
        certificate: Certificate, key: PrivateKey, intermediates: [Certificate], friendlyName: String? = nil
    ) throws {
        guard certificate.publicKey == key.publicKey else {
            throw CertificateError(.keyMismatch, "the key does not belong to the certificate of \(certificate.subject)")
        }
        self.certificate = certificate
        self.key = key
        self.intermediates = intermediates.filter { !$0.isSelfIssued }
        self.friendlyName = friendlyName
    }

    /// Writes the file; an RSA key carries the provider's name and the usage "key exchange", without which Windows may
    /// put it where the products cannot use it (a CNG provider, or as a signature key).
    ///
    /// - Parameter password: ASCII and not empty, as ``Secret/randomPassword(length:)`` makes it.
    /// - Throws: ``CertificateError``.
    package func write(password: Secret, form: Form) throws -> Secret {
        try PKCS12Writing(pfx: self, form: form).write(password: password)
    }

    /// Reads a file of either form.
    ///
    /// - Throws: ``CertificateError`` `wrongPassword`, `noKey` or `unreadable`.
    package static func read(_ file: Secret, password: Secret) throws -> PFX {
        try PKCS12Reading(file).read(password: password)
    }

    /// Whether the bytes are a PKCS#12 at all; no password is needed to see that.
    package static func isOne(_ data: Data) -> Bool {
        let handle = try? decode(data, "read a PFX", { d2i_PKCS12(nil, $0, $1) }, free: { PKCS12_free($0) })
        ERR_clear_error()
        handle.map { PKCS12_free($0) }
        return handle != nil
    }
}
