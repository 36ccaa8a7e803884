#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL

/// One certificate in the making.
struct Issuance {
    var content: CertificateContent
    var publicKey: Data
    /// Taken over as it is, in place of the content's subject.
    var subjectDER: Data?

    /// - Parameter issuer: `nil` for a self-signed one.
    func sign(key: PrivateKey, issuer: Certificate?) throws -> Certificate {
        ERR_clear_error()
        guard let made = X509_new() else { throw CertificateError.fromQueue(.failed, "make a certificate") }
        let handle = CertificateHandle(owning: made)
        let issuerHandle = try issuer.map { try CertificateHandle($0) } ?? handle
        defer {
            handle.stay()
            issuerHandle.stay()
        }
        try setSubject(made)
        try setSerial(made)
        let subjectKey = KeyHandle(
            owning: try decode(publicKey, "read a public key", { d2i_PUBKEY(nil, $0, $1) }, free: { EVP_PKEY_free($0) })
        )
        guard X509_set_version(made, 2) == 1, subjectKey.use({ X509_set_pubkey(made, $0) }) == 1,
            X509_set_issuer_name(made, X509_get_subject_name(issuerHandle.pointer)) == 1
        else { throw CertificateError.fromQueue(.failed, "make a certificate") }
        try setDate(content.validity.notBefore) { X509_set1_notBefore(made, $0) }
        try setDate(content.validity.notAfter) { X509_set1_notAfter(made, $0) }
        // A self-signed certificate's authority key identifier is its own subject key identifier, written just before.
        for part in extensions(selfSigned: issuer == nil) {
            let added = try ExtensionHandle(part, issuer: issuerHandle.pointer, subject: made)
            guard added.use({ X509_add_ext(made, $0, -1) }) == 1 else {
                throw CertificateError.fromQueue(.failed, "make a certificate")
            }
        }
        guard X509_sign(made, key.handle.pointer, EVP_sha256()) > 0 else {
            throw CertificateError.fromQueue(.failed, "sign a certificate")
        }
        // Read again from its bytes: what is answered is what others will read.
        return try Certificate(try encode("write a certificate") { i2d_X509(made, $0) })
    }

    private func extensions(selfSigned: Bool) -> [ExtensionContent] {
        var parts: [ExtensionContent] =
            content.isAuthority
            ? [.authority(pathLength: content.pathLength), .keyUsage([.digitalSignature, .keyCertSign, .cRLSign])]
            : [.notAuthority, .keyUsage([.digitalSignature, .keyEncipherment])]
        if !content.ekus.isEmpty { parts.append(.extendedKeyUsage(content.ekus)) }
        if !content.dnsNames.isEmpty { parts.append(.dnsNames(content.dnsNames)) }
        parts.append(.subjectKeyIdentifier)
        if !selfSigned { parts.append(.authorityKeyIdentifier) }
        if let address = content.revocationList { parts.append(.distributionPoint(address)) }
        return parts
    }

    private func setSubject(_ made: OpaquePointer) throws {
        guard let subjectDER else {
            try DistinguishedName.write(content.subject, into: X509_get_subject_name(made))
            return
        }
        let name = try decode(
            subjectDER, "read a subject", { d2i_X509_NAME(nil, $0, $1) }, free: { X509_NAME_free($0) })
        defer { X509_NAME_free(name) }
        guard X509_set_subject_name(made, name) == 1 else {
            throw CertificateError.fromQueue(.failed, "make a certificate")
        }
    }

    /// Sixteen random bytes, the first between 0x40 and 0x7F: positive, and always 32 digits.
    private func setSerial(_ made: OpaquePointer) throws {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard RAND_bytes(&bytes, 16) == 1 else { throw CertificateError.fromQueue(.failed, "make a serial number") }
        bytes[0] = bytes[0] & 0x3F | 0x40
        guard let number = BN_bin2bn(bytes, 16, nil) else {
            throw CertificateError.fromQueue(.failed, "make a serial number")
        }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made)) != nil else {
            throw CertificateError.fromQueue(.failed, "make a serial number")
        }
    }

    private func setDate(_ date: Date, _ set: (UnsafePointer<ASN1_TIME>) -> Int32) throws {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        // The years 1950 to 9999, as X.509 counts.
        guard seconds > -631_152_000, seconds < 253_402_300_800, let time = ASN1_TIME_set(nil, Int(seconds)) else {
            throw CertificateError(.notAllowed, "write a date outside the years 1950 to 9999")
        }
        defer { ASN1_TIME_free(time) }
        guard set(time) == 1 else { throw CertificateError.fromQueue(.failed, "make a certificate") }
    }
}
