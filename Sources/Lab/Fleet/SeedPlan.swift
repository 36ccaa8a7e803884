import Certificates
import FleetModel
import FoundationEssentials

/// What the certificates say that a host has when its lab is made.
struct SeedPlan: Sendable {
    var rules: SeedRules
    var now: Date

    /// Due by age means: less left than 60 days and less than a third of the life (`domain` facts, §18).
    func validity(of order: CertificateOrder, days: Int) -> Validity {
        let left =
            rules.fresh.contains(order.pool)
            ? Double(days) * 2 / 3 : min(20, max(1, (Double(days) / 9).rounded(.down)))
        return Validity(
            notBefore: now.addingTimeInterval((left - Double(days)) * 86_400),
            notAfter: now.addingTimeInterval(left * 86_400))
    }

    /// All names of the order; where one is to be missing, the last meet or dial-in name, or else the last one.
    func names(of order: CertificateOrder) -> [String] {
        var names = order.names.map(\.name)
        guard rules.lackingName.contains(order.pool), names.count > 1 else { return names }
        let url = names.lastIndex { $0.hasPrefix("meet.") || $0.hasPrefix("dialin.") }
        names.remove(at: url.flatMap { $0 > 0 ? $0 : nil } ?? names.count - 1)
        return names
    }

    /// A name as an administrator gave it by hand, with the year of its first day.
    func friendlyName(of order: CertificateOrder, type: PoolType, validity: Validity) -> String {
        let year = validity.notBefore.formatted(.iso8601).prefix(4)
        return "\(type.isExchange ? "Exchange" : "Lync") \(order.usages.first ?? "") \(year)"
    }

    func content(of order: CertificateOrder, days: Int, authority: String) -> CertificateContent {
        CertificateContent(
            subject: order.subject, dnsNames: names(of: order), ekus: order.ekus,
            validity: validity(of: order, days: days), revocationList: Self.revocationList(of: authority))
    }

    static func revocationList(of authority: String) -> String { "http://pki.example.com/\(authority).crl" }
}
