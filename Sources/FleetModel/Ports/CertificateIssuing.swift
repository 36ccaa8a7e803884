#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Has requests signed. Asking twice with the same request never orders twice (rule C2).
package protocol CertificateIssuing: Sendable {
    /// Hands in the request, or asks after it when it was handed in before.
    func issue(_ request: SigningRequest) async -> IssueOutcome
}

/// One request for one certificate.
package struct SigningRequest: Sendable {
    package var order: CertificateOrder
    /// The host that holds the key.
    package var host: String
    package var run: String
    /// PKCS#10, PEM or DER.
    package var request: Data

    package init(order: CertificateOrder, host: String, run: String, request: Data) {
        self.order = order
        self.host = host
        self.run = run
        self.request = request
    }
}

/// What an authority says (rule C4).
package enum IssueOutcome: Sendable {
    case issued(IssuedCertificate)
    case pending(id: String, text: String)
    case denied(Fault)
    case failed(Fault)
    /// It may have issued: nothing is asked again before somebody has looked.
    case unknown(Fault)
}

/// A certificate fresh from its authority.
package struct IssuedCertificate: Sendable, Equatable {
    /// DER.
    package var certificate: Data
    /// Issuers, nearest first, root last, DER.
    package var chain: [Data]
    package var thumbprint: String
    package var serial: String

    package init(certificate: Data, chain: [Data], thumbprint: String, serial: String) {
        self.certificate = certificate
        self.chain = chain
        self.thumbprint = thumbprint
        self.serial = serial
    }
}
