#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL
package import FleetModel

/// What a certificate is to say; the key comes beside it.
package struct CertificateContent: Sendable {
    package var subject: Subject
    package var dnsNames: [String]
    package var ekus: [String]
    package var validity: Validity
    /// Where the revocation list is; every product certificate wants one (vendor's certificate requirements).
    package var revocationList: String?
    package var isAuthority: Bool
    /// How many authorities may stand below this one; `nil` sets no limit. Only for authorities.
    package var pathLength: Int?

    /// A server's certificate.
    package init(
        subject: Subject, dnsNames: [String], ekus: [String] = [ExtendedKeyUsage.serverAuthentication],
        validity: Validity, revocationList: String? = nil
    ) {
        self.subject = subject
        self.dnsNames = dnsNames
        self.ekus = ekus
        self.validity = validity
        self.revocationList = revocationList
        self.isAuthority = false
        self.pathLength = nil
    }

    /// An authority's certificate.
    package init(
        authority commonName: String, organization: Organization = Organization(), validity: Validity,
        pathLength: Int? = nil, revocationList: String? = nil
    ) {
        self.subject = Subject(commonName: commonName, organization: organization)
        self.dnsNames = []
        self.ekus = []
        self.validity = validity
        self.revocationList = revocationList
        self.isAuthority = true
        self.pathLength = pathLength
    }
}

/// An authority's certificate with its key: signs certificates with SHA-256, serial numbers are 16 random bytes.
///
/// Calls take a few milliseconds with RSA 2048 or 3072.
package struct CertificateSigner: Sendable {
    package let certificate: Certificate
    package let key: PrivateKey

    /// - Throws: ``CertificateError`` `keyMismatch` when they are not a pair, `notAllowed` when it is no authority.
    package init(certificate: Certificate, key: PrivateKey) throws {
        guard certificate.publicKey == key.publicKey else {
            throw CertificateError(.keyMismatch, "the key does not belong to the certificate of \(certificate.subject)")
        }
        guard certificate.isAuthority else {
            throw CertificateError(.notAllowed, "\(certificate.subject) is not an authority")
        }
        self.certificate = certificate
        self.key = key
    }

    /// A self-signed root.
    ///
    /// - Throws: ``CertificateError``.
    package static func makeRoot(
        _ commonName: String, key: PrivateKey, validity: Validity, organization: Organization = Organization()
    ) throws -> CertificateSigner {
        let content = CertificateContent(authority: commonName, organization: organization, validity: validity)
        return try CertificateSigner(certificate: selfSigned(content, key: key), key: key)
    }

    /// An authority below this one.
    ///
    /// - Throws: ``CertificateError``.
    package func makeAuthority(
        _ commonName: String, key: PrivateKey, validity: Validity, pathLength: Int? = 0,
        revocationList: String? = nil
    ) throws -> CertificateSigner {
        let content = CertificateContent(
            authority: commonName, validity: validity, pathLength: pathLength, revocationList: revocationList)
        return try CertificateSigner(certificate: issue(content, publicKey: key.publicKey), key: key)
    }

    /// Any content signed with its own key.
    ///
    /// - Throws: ``CertificateError``.
    package static func selfSigned(_ content: CertificateContent, key: PrivateKey) throws -> Certificate {
        try Issuance(content: content, publicKey: key.publicKey).sign(key: key, issuer: nil)
    }

    /// A certificate for a public key (`SubjectPublicKeyInfo`, DER).
    ///
    /// - Throws: ``CertificateError`` `notAllowed` for a name that cannot stand in a certificate.
    package func issue(_ content: CertificateContent, publicKey: Data) throws -> Certificate {
        try Issuance(content: content, publicKey: publicKey).sign(key: key, issuer: certificate)
    }

    /// A server's certificate with the names and usages of a request, its subject word for word.
    ///
    /// - Parameter usages: For a request that asks for none; other kinds of names than DNS names are left out.
    /// - Throws: ``CertificateError`` `notAllowed` when the request is not signed with its own key.
    package func sign(
        _ request: CertificateRequest, validity: Validity,
        usages: [String] = [ExtendedKeyUsage.serverAuthentication], revocationList: String? = nil
    ) throws -> Certificate {
        guard request.isSignatureValid else {
            throw CertificateError(.notAllowed, "sign a request that is not signed with its own key")
        }
        let content = CertificateContent(
            subject: Subject(commonName: request.commonName), dnsNames: request.dnsNames,
            ekus: request.ekus.isEmpty ? usages : request.ekus,
            validity: validity, revocationList: revocationList)
        return try Issuance(content: content, publicKey: request.publicKey, subjectDER: request.subjectDER)
            .sign(key: key, issuer: certificate)
    }
}
