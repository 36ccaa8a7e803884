#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL
package import FleetModel

/// A request for a certificate (PKCS#10), read once.
package struct CertificateRequest: Sendable, Hashable {
    package let der: Data
    /// `CN=…, O=…`, as Windows prints names.
    package let subject: String
    package let subjectDER: Data
    /// The subject's last common name; empty when there is none.
    package let commonName: String
    package let dnsNames: [String]
    /// Object identifiers; empty when it asks for none.
    package let ekus: [String]
    /// `SubjectPublicKeyInfo`, DER.
    package let publicKey: Data
    package let keyBits: Int?
    /// It is signed with the key that it names: whoever made it holds that key.
    package let isSignatureValid: Bool

    package var pem: Data { pemBlock("CERTIFICATE REQUEST", der) }

    /// Reads PEM (with either heading: `NEW CERTIFICATE REQUEST` is Windows') or DER.
    ///
    /// - Throws: ``CertificateError`` `unreadable`.
    package init(_ data: Data) throws {
        let operation = "read a certificate request"
        guard data.count <= largestInput else {
            throw CertificateError(.unreadable, operation, reason: "too large")
        }
        guard looksLikePEM(data) else {
            try self.init(
                RequestHandle(
                    owning: try decode(data, operation, { d2i_X509_REQ(nil, $0, $1) }, free: { X509_REQ_free($0) })))
            return
        }
        ERR_clear_error()
        let memory = try data.withUnsafeBytes { try MemoryHandle($0) }
        guard let read = memory.use({ cossl_pem_request($0) }) else {
            throw CertificateError.fromQueue(.unreadable, operation)
        }
        try self.init(RequestHandle(owning: read))
    }

    init(_ handle: RequestHandle) throws {
        defer { handle.stay() }
        let pointer = handle.pointer
        let name = try DistinguishedName(X509_REQ_get_subject_name(pointer))
        let extensions = X509_REQ_get_extensions(pointer)
        defer { cossl_extensions_free(extensions) }
        let key = X509_REQ_get0_pubkey(pointer)
        der = try encode("write a certificate request") { i2d_X509_REQ(pointer, $0) }
        subject = name.text
        subjectDER = name.der
        commonName = name.commonName
        dnsNames = try readDNSNames(extensions)
        ekus = try readUsages(extensions)
        publicKey = try encode("write a public key") { i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(pointer), $0) }
        keyBits = key.map { Int(EVP_PKEY_get_bits($0)) }
        isSignatureValid = key != nil && X509_REQ_verify(pointer, key) == 1
        ERR_clear_error()
    }

    /// Makes a request: key usage digital signature and key encipherment (0xA0), signed with SHA-256.
    ///
    /// - Throws: ``CertificateError`` `notAllowed` for a name or object identifier that cannot stand there.
    package static func make(
        key: PrivateKey, subject: Subject, dnsNames: [String],
        ekus: [String] = [ExtendedKeyUsage.serverAuthentication]
    ) throws -> CertificateRequest {
        ERR_clear_error()
        guard let made = X509_REQ_new() else { throw CertificateError.fromQueue(.failed, "make a request") }
        let handle = RequestHandle(owning: made)
        defer { handle.stay() }
        try DistinguishedName.write(subject, into: X509_REQ_get_subject_name(made))
        var extensions = [try ExtensionHandle(.keyUsage([.digitalSignature, .keyEncipherment]))]
        if !dnsNames.isEmpty { extensions.append(try ExtensionHandle(.dnsNames(dnsNames))) }
        if !ekus.isEmpty { extensions.append(try ExtensionHandle(.extendedKeyUsage(ekus))) }
        defer { extensions.forEach { $0.stay() } }
        var pointers = extensions.map { Optional($0.pointer) }
        guard X509_REQ_set_version(made, 0) == 1, X509_REQ_set_pubkey(made, key.handle.pointer) == 1,
            cossl_request_add_extensions(made, &pointers, Int32(pointers.count)) == 1,
            X509_REQ_sign(made, key.handle.pointer, EVP_sha256()) > 0
        else { throw CertificateError.fromQueue(.failed, "make a request") }
        return try CertificateRequest(handle)
    }
}
