#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import FleetModel

/// What came back, against what was asked for (rule C5). Pure: nothing is read, no clock is asked.
package struct CertificateComparison: Sendable {
    package var order: CertificateOrder
    package var now: Date

    package init(order: CertificateOrder, now: Date) {
        self.order = order
        self.now = now
    }

    /// The differences of a certificate, as sentences for people; none when it fits.
    ///
    /// - Parameter request: The request that it answers, when there is one: the keys are compared.
    package func differences(of certificate: Certificate, request: CertificateRequest?) -> [String] {
        var found: [String] = []
        if let request, request.publicKey != certificate.publicKey { found.append("key differs from the request") }
        found += keyDifferences(publicKey: certificate.publicKey, bits: certificate.keyBits)
        found += missingNames(in: certificate.dnsNames)
        if !order.accepts(commonName: certificate.commonName) {
            found.append("subject name is \"\(certificate.commonName)\", asked was \(order.subject.commonName)")
        }
        found += missingUsages(in: certificate.ekus)
        found += dateDifferences(certificate)
        if certificate.isAuthority { found.append("it is the certificate of an authority") }
        if let refusal = SignatureAlgorithm.refusal(certificate.signatureAlgorithm) { found.append(refusal) }
        return found
    }

    /// The differences of a request, before it is handed in.
    package func differences(of request: CertificateRequest) -> [String] {
        var found: [String] = []
        if !request.isSignatureValid { found.append("request is not signed with its own key") }
        found += keyDifferences(publicKey: request.publicKey, bits: request.keyBits)
        found += missingNames(in: request.dnsNames)
        let asked = Set(
            (order.names.map(\.name) + [order.subject.commonName] + order.productNames).map { $0.lowercased() })
        for name in request.dnsNames where !asked.contains(name.lowercased()) {
            found.append("name \(name) was not ordered")
        }
        if !order.accepts(commonName: request.commonName) {
            found.append("subject name is \"\(request.commonName)\", ordered was \(order.subject.commonName)")
        }
        // A request without usages leaves them to the authority's template.
        if !request.ekus.isEmpty { found += missingUsages(in: request.ekus) }
        for usage in request.ekus where !order.ekus.contains(usage) { found.append("EKU \(usage) was not ordered") }
        return found
    }

    private func keyDifferences(publicKey: Data, bits: Int?) -> [String] {
        guard let bits else { return ["key is of an unknown kind"] }
        let kind = PublicKeyKind(publicKey)
        guard kind.rawValue == order.key.algorithm.lowercased() || (kind == .ec && order.key.algorithm.hasPrefix("ec"))
        else { return ["key is of kind \(kind.rawValue), ordered was \(order.key.algorithm)"] }
        return bits < order.key.bits ? ["key has \(bits) bits, ordered were \(order.key.bits)"] : []
    }

    private func missingNames(in names: [String]) -> [String] {
        let present = Set(names.map { $0.lowercased() })
        return order.names.map(\.name).filter { !present.contains($0.lowercased()) }.map { "name \($0) is missing" }
    }

    private func missingUsages(in usages: [String]) -> [String] {
        order.ekus.filter { !usages.contains($0) }.map { usage in
            switch usage {
            case ExtendedKeyUsage.serverAuthentication: "EKU server authentication is missing"
            case ExtendedKeyUsage.clientAuthentication: "EKU client authentication is missing"
            default: "EKU \(usage) is missing"
            }
        }
    }

    private func dateDifferences(_ certificate: Certificate) -> [String] {
        if certificate.notAfter < certificate.notBefore { return ["it ends before it begins"] }
        if now > certificate.notAfter { return ["already expired on \(day(certificate.notAfter))"] }
        if now < certificate.notBefore { return ["not yet valid before \(day(certificate.notBefore))"] }
        return []
    }

    private func day(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle().year().month().day())
    }
}

/// Signatures that the products or their servers do not accept.
enum SignatureAlgorithm {
    /// A sentence, or `nil` when the algorithm is accepted.
    ///
    /// PSS: sign-in errors; MD5: the Front End service does not start; SHA-1: refused by today's Windows (vendor's
    /// certificate requirements).
    static func refusal(_ oid: String) -> String? {
        switch oid {
        case "1.2.840.113549.1.1.10": "signed with RSASSA-PSS, which the products do not support"
        case "1.2.840.113549.1.1.5", "1.2.840.10045.4.1", "1.3.14.3.2.29": "signed with SHA-1"
        case "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.2", "1.3.14.3.2.3": "signed with MD5 or older"
        default: nil
        }
    }
}
