#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL

/// The way from a certificate to a trusted root.
package enum CertificateChain {
    /// Builds and verifies it: signatures, dates at `date`, basic constraints. Revocation is not asked.
    ///
    /// - Parameter intermediates: In any order; those that do not belong to it do no harm.
    /// - Returns: The certificate first, its root last.
    /// - Throws: ``CertificateError`` `chain` with OpenSSL's verification error as number and reason.
    package static func verify(
        _ certificate: Certificate, intermediates: [Certificate], roots: [Certificate], at date: Date
    ) throws -> [Certificate] {
        ERR_clear_error()
        guard let store = X509_STORE_new() else { throw CertificateError.fromQueue(.failed, "verify a chain") }
        defer { X509_STORE_free(store) }
        for root in roots {
            guard try CertificateHandle(root).use({ X509_STORE_add_cert(store, $0) }) == 1 else {
                throw CertificateError.fromQueue(.failed, "verify a chain")
            }
        }
        let leaf = try CertificateHandle(certificate)
        let untrusted = try CertificateStackHandle(intermediates)
        // The context keeps both pointers.
        defer {
            leaf.stay()
            untrusted.stay()
        }
        guard let context = X509_STORE_CTX_new() else { throw CertificateError.fromQueue(.failed, "verify a chain") }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, untrusted.pointer) == 1 else {
            throw CertificateError.fromQueue(.failed, "verify a chain")
        }
        X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), Int(date.timeIntervalSince1970))
        guard X509_verify_cert(context) == 1 else {
            let number = X509_STORE_CTX_get_error(context)
            let depth = X509_STORE_CTX_get_error_depth(context)
            ERR_clear_error()
            throw CertificateError(
                .chain, "the chain of \(certificate.commonName) fails at its certificate \(depth + 1)",
                number: Int(number), reason: String(cString: X509_verify_cert_error_string(Int(number))))
        }
        let stack = X509_STORE_CTX_get0_chain(context)
        return try (0..<cossl_certificates_count(stack)).map { index in
            try Certificate(try encode("write a certificate") { i2d_X509(cossl_certificates_at(stack, index), $0) })
        }
    }
}
