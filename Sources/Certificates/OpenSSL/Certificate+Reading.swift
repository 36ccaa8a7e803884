#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL

func looksLikePEM(_ data: Data) -> Bool {
    data.prefix(largestInput).firstRange(of: Data("-----BEGIN ".utf8)) != nil
}

func readDERCertificate(_ data: Data) throws -> CertificateHandle {
    CertificateHandle(
        owning: try decode(data, "read a certificate", { d2i_X509(nil, $0, $1) }, free: { X509_free($0) }))
}

func readPEMCertificate(_ data: Data) throws -> CertificateHandle {
    guard data.count <= largestInput else { throw CertificateError(.unreadable, "read a certificate") }
    ERR_clear_error()
    let memory = try data.withUnsafeBytes { try MemoryHandle($0) }
    guard let read = memory.use({ cossl_pem_certificate($0) }) else {
        throw CertificateError.fromQueue(.unreadable, "read a certificate")
    }
    return CertificateHandle(owning: read)
}

extension Certificate {
    init(_ handle: CertificateHandle) throws {
        defer { handle.stay() }
        let pointer = handle.pointer
        let der = try encode("write a certificate") { i2d_X509(pointer, $0) }
        let subject = try DistinguishedName(X509_get_subject_name(pointer))
        let issuer = try DistinguishedName(X509_get_issuer_name(pointer))
        let extensions = X509_get0_extensions(pointer)
        guard let algorithm = text({ cossl_signature_algorithm(pointer, $0, $1) }),
            let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(pointer), nil)
        else { throw CertificateError.fromQueue(.unreadable, "read a certificate") }
        defer { BN_free(number) }
        var serial = [UInt8](repeating: 0, count: max(Int((BN_num_bits(number) + 7) / 8), 1))
        BN_bn2bin(number, &serial)
        let key = X509_get0_pubkey(pointer)
        self.init(
            der: der, thumbprint: Digest.sha1(der), sha256: Digest.sha256(der), serial: hex(serial),
            names: IssuerAndSubject(subject: subject, issuer: issuer, selfIssued: subject.der == issuer.der),
            validity: Validity(
                notBefore: try date(X509_get0_notBefore(pointer)), notAfter: try date(X509_get0_notAfter(pointer))),
            dnsNames: try readDNSNames(extensions), ekus: try readUsages(extensions),
            isAuthority: X509_check_ca(pointer) == 1,
            publicKey: try encode("write a public key") { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) },
            keyBits: key.map { Int(EVP_PKEY_get_bits($0)) }, signatureAlgorithm: algorithm,
            hasCDP: X509_get_ext_by_NID(pointer, NID_crl_distribution_points, -1) >= 0)
        ERR_clear_error()
    }
}

private func date(_ time: UnsafePointer<ASN1_TIME>?) throws -> Date {
    var seconds: Int64 = 0
    guard cossl_time_seconds(time, &seconds) == 1 else {
        throw CertificateError.fromQueue(.unreadable, "read a date")
    }
    return Date(timeIntervalSince1970: Double(seconds))
}

/// The DNS names of a subject alternative name extension; other kinds of names are passed over.
func readDNSNames(_ extensions: OpaquePointer?) throws -> [String] {
    var state: Int32 = -1
    guard let list = cossl_alternative_names(extensions, &state) else {
        if state == -1 { return [] }
        throw CertificateError.fromQueue(.unreadable, "read the alternative names")
    }
    defer { GENERAL_NAMES_free(list) }
    var names: [String] = []
    for index in 0..<cossl_alternative_names_count(list) {
        var start: UnsafePointer<UInt8>?
        let length = cossl_dns_name(list, index, &start)
        guard length >= 0 else { continue }
        let bytes = UnsafeBufferPointer(start: start, count: Int(length))
        // A zero or a control character inside a name is a trick, never a name.
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CertificateError(.unreadable, "read the alternative names", reason: "not a DNS name")
        }
        names.append(String(decoding: bytes, as: UTF8.self))
    }
    return names
}

func readUsages(_ extensions: OpaquePointer?) throws -> [String] {
    var state: Int32 = -1
    guard let list = cossl_extended_usages(extensions, &state) else {
        if state == -1 { return [] }
        throw CertificateError.fromQueue(.unreadable, "read the extended key usages")
    }
    defer { EXTENDED_KEY_USAGE_free(list) }
    return (0..<cossl_extended_usages_count(list)).compactMap { index in
        text { cossl_extended_usage(list, index, $0, $1) }
    }
}
