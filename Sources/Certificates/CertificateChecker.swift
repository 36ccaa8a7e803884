#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import FleetModel

/// Checks answers of authorities and proofs of possession, for Running and for Authorities.
package struct CertificateChecker: CertificateChecking {
    /// Trusted roots beside the self-issued certificates of an answer's own chain.
    private let roots: [Certificate]

    /// - Parameter roots: When empty, the self-issued certificate in the answer's chain is trusted: that chain comes
    ///   from the files that the inventory names for the authority.
    package init(roots: [Certificate] = []) {
        self.roots = roots
    }

    /// Rule C5. `request` may be empty when there is none to compare with (a certificate found in the store).
    ///
    /// - Throws: ``Fault`` `certificate.unreadable`, `certificate.chain` or `certificate.differs`, one detail per
    ///   difference.
    package func check(
        certificate: Data, chain: [Data], request: Data, order: CertificateOrder, now: Date
    ) async throws {
        let leaf = try readable { try Certificate(certificate) }
        let others = try readable { try chain.map { try Certificate($0) } }
        let asked = try readable { request.isEmpty ? nil : try CertificateRequest(request) }
        var differences = CertificateComparison(order: order, now: now).differences(of: leaf, request: asked)
        for issuer in others where !issuer.isSelfIssued {
            if let refusal = SignatureAlgorithm.refusal(issuer.signatureAlgorithm) {
                differences.append("issuer \(issuer.commonName) is \(refusal)")
            }
        }
        guard differences.isEmpty else {
            throw Fault(
                "certificate.differs", .failed,
                "the certificate for \(order.id) is not what was ordered: \(differences.joined(separator: "; "))",
                hint: "the authority may have changed the request: look at its template or policy", details: differences
            )
        }
        try checkChain(leaf, others, order: order, now: now)
    }

    /// A request against its order, before it is handed in: names, key, its own signature.
    ///
    /// - Throws: ``Fault`` `certificate.unreadable` or `certificate.differs`.
    package func check(request: Data, order: CertificateOrder, now: Date) throws {
        let asked = try readable { try CertificateRequest(request) }
        let differences = CertificateComparison(order: order, now: now).differences(of: asked)
        guard differences.isEmpty else {
            throw Fault(
                "certificate.differs", .failed,
                "the request for \(order.id) is not what was ordered: \(differences.joined(separator: "; "))",
                details: differences)
        }
    }

    package func checkSignature(_ signature: Data, of nonce: Data, hash: String, certificate: Data) async throws {
        let leaf = try readable { try Certificate(certificate) }
        guard let hash = SignatureHash(name: hash), leaf.verifies(signature, of: nonce, hash: hash) else {
            throw Fault(
                "certificate.key-not-proven", .failed,
                "the signature was not made with the key of \(leaf.commonName) (\(leaf.thumbprint))")
        }
    }

    private func checkChain(
        _ leaf: Certificate, _ others: [Certificate], order: CertificateOrder, now: Date
    ) throws {
        let trusted = roots.isEmpty ? others.filter(\.isSelfIssued) : roots
        do {
            _ = try CertificateChain.verify(leaf, intermediates: others, roots: trusted, at: now)
        } catch {
            let reason = "chain does not lead to a trusted root (\((error as? CertificateError)?.reason ?? "\(error)"))"
            throw Fault(
                "certificate.chain", .failed, "the certificate for \(order.id): \(reason)",
                hint: "name the issuing and root certificates under the authority's chain in the inventory",
                details: [reason])
        }
    }

    private func readable<Value>(_ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch {
            throw Fault("certificate.unreadable", .failed, "cannot read what came back: \(error)")
        }
    }
}
