#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import FleetModel

/// What a listener shows: a certificate, its key and its issuers.
package struct TLSIdentity: Sendable {
    /// DER.
    package var certificate: Data
    /// PEM, unencrypted.
    package var key: Secret
    /// Issuers to send along, nearest first, DER; the root need not be among them.
    package var chain: [Data]

    package init(certificate: Data, key: Secret, chain: [Data]) {
        self.certificate = certificate
        self.key = key
        self.chain = chain
    }
}
