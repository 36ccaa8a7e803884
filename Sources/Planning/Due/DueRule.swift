package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// When a certificate must be replaced.
///
/// A fixed number of days fails with short-lived certificates: with 60 days' lead a 47-day certificate is due the moment
/// it is issued. So: less life left than min(lead, a third of the certificate's own whole life).
package struct DueRule: Sendable {
    package var lead: Duration
    package var now: Date

    package init(lead: Duration, now: Date) {
        self.lead = lead
        self.now = now
    }

    /// Why its age makes the certificate due; `nil` when it does not.
    package func age(notBefore: Date, notAfter: Date) -> DueReason? {
        let left = notAfter.timeIntervalSince(now)
        let whole = notAfter.timeIntervalSince(notBefore)
        if left <= 0 { return DueReason(.expired, "expired \(days(-left)) ago") }
        let margin = min(lead.inSeconds, whole / 3)
        guard left < margin else { return nil }
        let bound = lead.inSeconds <= whole / 3 ? "the lead of \(lead.text)" : "a third of its life"
        return DueReason(.expiring, "\(days(left)) left of \(days(whole)), less than \(bound)")
    }

    /// Every reason why a certificate in a store does not serve an order.
    ///
    /// - Parameter exactly: Whether it must be what would be ordered now, name for name. Otherwise, for what is
    ///   assigned already, what the vendor's pages accept instead is enough.
    package func reasons(
        _ certificate: StoreCertificate, for order: CertificateOrder, exactly: Bool = false
    ) -> [DueReason] {
        var reasons: [DueReason] = []
        if let age = age(notBefore: certificate.notBefore, notAfter: certificate.notAfter) { reasons.append(age) }
        if certificate.notBefore > now { reasons.append(DueReason(.expiring, "not valid yet")) }
        reasons += NameCheck(order: order, exactly: exactly).objections(to: certificate).map { DueReason(.names, $0) }
        let ekus = order.ekus.filter { !certificate.ekus.contains($0) }
        if !ekus.isEmpty, !certificate.ekus.isEmpty {
            let words = ekus.map(ExtendedKeyUsage.word).joined(separator: ", ")
            reasons.append(DueReason(.eku, "extended key usage missing: \(words)"))
        }
        if let bits = certificate.keySize, bits < order.key.bits {
            reasons.append(DueReason(.key, "key of \(bits) bits, \(order.key.bits) wanted"))
        }
        if certificate.selfIssued, !certificate.isAuthority {
            reasons.append(DueReason(.chain, "self-signed: nobody trusts it"))
        }
        if !certificate.hasPrivateKey { reasons.append(DueReason(.key, "no private key in the store")) }
        if let problem = certificate.keyProblem { reasons.append(DueReason(.key, "key not usable: \(problem)")) }
        return reasons
    }

    private func days(_ seconds: TimeInterval) -> String {
        let days = Int(seconds / 86_400)
        return days == 1 ? "1 day" : "\(days) days"
    }
}
