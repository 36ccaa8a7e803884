#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL

/// The hash under a signature.
package enum SignatureHash: String, Sendable, CaseIterable {
    case sha1, sha256

    /// Reads `SHA256`, `sha-256`, `sha1`, …
    package init?(name: String) {
        let plain = name.lowercased().filter { $0 != "-" && $0 != "_" }
        self.init(rawValue: plain)
    }
}

extension Certificate {
    /// Whether the signature over `data` was made with this certificate's key (PKCS#1 v1.5 for RSA, ECDSA otherwise).
    ///
    /// Hostile input is simply not valid.
    package func verifies(_ signature: Data, of data: Data, hash: SignatureHash = .sha256) -> Bool {
        defer { ERR_clear_error() }
        guard let handle = try? CertificateHandle(self), let key = X509_get0_pubkey(handle.pointer),
            let context = EVP_MD_CTX_new()
        else { return false }
        defer { EVP_MD_CTX_free(context) }
        defer { handle.stay() }
        let digest = hash == .sha1 ? EVP_sha1() : EVP_sha256()
        guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
        return signature.withUnsafeBytes { signature in
            data.withUnsafeBytes { data in
                EVP_DigestVerify(
                    context, signature.bindMemory(to: UInt8.self).baseAddress, signature.count,
                    data.bindMemory(to: UInt8.self).baseAddress, data.count) == 1
            }
        }
    }

    /// Whether this certificate was signed by `issuer`: names, key and signature.
    package func isSigned(by issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard issuerDER == issuer.subjectDER, let own = try? CertificateHandle(self),
            let above = try? CertificateHandle(issuer), let key = X509_get0_pubkey(above.pointer)
        else { return false }
        defer { above.stay() }
        return own.use { X509_verify($0, key) == 1 }
    }
}
