#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// An X.509 certificate, read once; everything that anybody asks about it stands here as values.
package struct Certificate: Sendable, Hashable, CustomStringConvertible {
    package let der: Data
    /// Upper-case hex SHA-1 of the DER, as Windows names a certificate.
    package let thumbprint: String
    /// Upper-case hex SHA-256 of the DER.
    package let sha256: String
    /// Upper-case hex, two digits a byte, no sign: as Windows prints it.
    package let serial: String
    /// `CN=…, O=…, C=…`: the order and the abbreviations of Windows.
    package let subject: String
    package let issuer: String
    /// For comparing: text can be equal where names are not.
    package let subjectDER: Data
    package let issuerDER: Data
    /// The subject's last common name; empty when there is none.
    package let commonName: String
    package let notBefore: Date
    package let notAfter: Date
    /// As written in the certificate, in its order.
    package let dnsNames: [String]
    /// Object identifiers of the extended key usages; empty when the extension is absent.
    package let ekus: [String]
    /// Basic constraints say CA and the key usage allows signing certificates.
    package let isAuthority: Bool
    package let isSelfIssued: Bool
    /// The key with its algorithm (`SubjectPublicKeyInfo`), DER.
    package let publicKey: Data
    /// `nil` when the key's algorithm is unknown here.
    package let keyBits: Int?
    package let signatureAlgorithm: String
    /// Has a CRL distribution point.
    package let hasCDP: Bool

    /// Reads one certificate, DER or PEM.
    ///
    /// - Throws: ``CertificateError`` `unreadable`.
    package init(_ data: Data) throws {
        let handle = try looksLikePEM(data) ? readPEMCertificate(data) : readDERCertificate(data)
        try self.init(handle)
    }

    package var pem: Data { pemBlock("CERTIFICATE", der) }

    package var description: String { "\(commonName.isEmpty ? subject : commonName) \(thumbprint)" }

    package static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }

    package func hash(into hasher: inout Hasher) { hasher.combine(der) }

    init(
        der: Data, thumbprint: String, sha256: String, serial: String, names: IssuerAndSubject, validity: Validity,
        dnsNames: [String], ekus: [String], isAuthority: Bool, publicKey: Data, keyBits: Int?,
        signatureAlgorithm: String, hasCDP: Bool
    ) {
        self.der = der
        self.thumbprint = thumbprint
        self.sha256 = sha256
        self.serial = serial
        self.subject = names.subject.text
        self.issuer = names.issuer.text
        self.subjectDER = names.subject.der
        self.issuerDER = names.issuer.der
        self.commonName = names.subject.commonName
        self.notBefore = validity.notBefore
        self.notAfter = validity.notAfter
        self.dnsNames = dnsNames
        self.ekus = ekus
        self.isAuthority = isAuthority
        self.isSelfIssued = names.selfIssued
        self.publicKey = publicKey
        self.keyBits = keyBits
        self.signatureAlgorithm = signatureAlgorithm
        self.hasCDP = hasCDP
    }
}

/// From when until when.
package struct Validity: Sendable, Hashable {
    package var notBefore: Date
    package var notAfter: Date

    package init(notBefore: Date, notAfter: Date) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// `days` of 24 hours from `now`, begun five minutes earlier for clocks that are behind.
    package init(days: Int, from now: Date) {
        notBefore = now.addingTimeInterval(-300)
        notAfter = now.addingTimeInterval(Double(days) * 86_400)
    }

    package func contains(_ date: Date) -> Bool { notBefore <= date && date <= notAfter }
}

struct IssuerAndSubject {
    var subject: DistinguishedName
    var issuer: DistinguishedName
    var selfIssued: Bool
}
