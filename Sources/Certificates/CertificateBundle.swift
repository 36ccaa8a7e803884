#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL

/// Files of certificates, in the forms that authorities hand them out.
package enum CertificateBundle {
    /// Reads PEM (one or many, PKCS#7 too), DER or DER-encoded PKCS#7, whatever it is, in the order of the file.
    ///
    /// - Throws: ``CertificateError`` `isPFX` for a PKCS#12, `unreadable` for anything else that is not one of these or
    ///   holds no certificate.
    package static func read(_ data: Data) throws -> [Certificate] {
        guard data.count <= largestInput else {
            throw CertificateError(.unreadable, "read certificates", reason: "too large")
        }
        let found = try looksLikePEM(data) ? readPEM(data) : readDER(data)
        guard !found.isEmpty else { throw CertificateError(.unreadable, "read certificates", reason: "there is none") }
        return found
    }

    /// PEM blocks one after the other.
    package static func pem(_ certificates: [Certificate]) -> Data {
        certificates.reduce(into: Data()) { $0.append($1.pem) }
    }

    /// PKCS#7 "signed data" without content or signatures, DER: what a `.p7b` file holds.
    ///
    /// - Throws: ``CertificateError`` `failed`.
    package static func pkcs7(_ certificates: [Certificate]) throws -> Data {
        ERR_clear_error()
        guard let made = try CertificateStackHandle(certificates).use({ cossl_pkcs7_new($0) }) else {
            throw CertificateError.fromQueue(.failed, "make a PKCS#7 bundle")
        }
        defer { PKCS7_free(made) }
        return try encode("make a PKCS#7 bundle") { i2d_PKCS7(made, $0) }
    }

    private static func readDER(_ data: Data) throws -> [Certificate] {
        if let single = try? readDERCertificate(data) { return [try Certificate(single)] }
        if PFX.isOne(data) {
            throw CertificateError(.isPFX, "a PFX holds a key and needs its password; hand in the certificate alone")
        }
        var bundle: UnsafeMutablePointer<PKCS7>?
        _ = try? decode(data, "read certificates") { position, length in
            bundle = d2i_PKCS7(nil, &position.pointee, length)
            return bundle.map { OpaquePointer($0) }
        }
        ERR_clear_error()
        defer { PKCS7_free(bundle) }
        guard let bundle else {
            throw CertificateError(
                .unreadable, "read certificates", reason: "neither PEM nor DER nor PKCS#7")
        }
        return try certificates(of: bundle)
    }

    private static func readPEM(_ data: Data) throws -> [Certificate] {
        if data.firstRange(of: Data("-----BEGIN PKCS7-----".utf8)) != nil {
            ERR_clear_error()
            let memory = try data.withUnsafeBytes { try MemoryHandle($0) }
            guard let bundle = memory.use({ cossl_pem_pkcs7($0) }) else {
                throw CertificateError.fromQueue(.unreadable, "read certificates")
            }
            defer { PKCS7_free(bundle) }
            return try certificates(of: bundle)
        }
        ERR_clear_error()
        let memory = try data.withUnsafeBytes { try MemoryHandle($0) }
        var found: [Certificate] = []
        while let next = memory.use({ cossl_pem_certificate($0) }) {
            found.append(try Certificate(CertificateHandle(owning: next)))
        }
        guard cossl_at_end_of_pem() == 1 else { throw CertificateError.fromQueue(.unreadable, "read certificates") }
        ERR_clear_error()
        return found
    }

    private static func certificates(of bundle: UnsafeMutablePointer<PKCS7>) throws -> [Certificate] {
        guard let stack = cossl_pkcs7_certificates(bundle) else { return [] }
        return try (0..<cossl_certificates_count(stack)).map { index in
            try Certificate(try encode("write a certificate") { i2d_X509(cossl_certificates_at(stack, index), $0) })
        }
    }
}
