#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Compares certificates with what was asked for, and checks proofs of possession.
package protocol CertificateChecking: Sendable {
    /// Key, names, usage, validity and chain of an answer (rule C5); also a request without a certificate.
    ///
    /// - Throws: ``Fault`` `certificate.…` with one detail per difference.
    func check(
        certificate: Data, chain: [Data], request: Data, order: CertificateOrder, now: Date
    ) async throws

    /// - Throws: ``Fault`` `certificate.key-not-proven` when the signature is not the key's.
    func checkSignature(_ signature: Data, of nonce: Data, hash: String, certificate: Data) async throws
}

/// Looks at TLS ports.
package protocol EndpointProbing: Sendable {
    /// The certificate that a port shows, whatever happens to the handshake afterwards.
    ///
    /// - Throws: ``Fault`` `probe.…` when it shows none before the deadline.
    func probe(address: String, port: Int, serverName: String, deadline: Duration) async throws -> ProbeFinding
}

/// What a port showed.
package struct ProbeFinding: Sendable, Equatable {
    /// Upper-case hex SHA-1.
    package var thumbprint: String
    package var dnsNames: [String]
    package var notAfter: Date
    /// True when the certificates it sent lead, with nothing added, up to their root's issuer name.
    package var sendsChain: Bool

    package init(thumbprint: String, dnsNames: [String], notAfter: Date, sendsChain: Bool) {
        self.thumbprint = thumbprint
        self.dnsNames = dnsNames
        self.notAfter = notAfter
        self.sendsChain = sendsChain
    }
}
