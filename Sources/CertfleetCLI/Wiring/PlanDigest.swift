import Certificates
import FleetModel
import Foundation
import Reporting

/// What a saved plan must still be when it is applied: the same orders, the same members, the same thumbprints found,
/// the same calls. Times and remaining days are no part of it.
enum PlanDigest {
    static func of(_ plan: Plan) -> String {
        var lines: [String] = []
        for pool in plan.pools {
            lines.append("pool \(pool.pool.name) \(pool.pool.hosts.map(\.fqdn).joined(separator: " "))")
            for order in pool.orders {
                lines.append("order \(order.order.certificateKey) \(order.need.rawValue) \(order.thumbprint ?? "-")")
                lines.append("  names \(order.order.names.map(\.name).joined(separator: " "))")
                for (host, usages) in order.former.sorted(by: { $0.key < $1.key }) {
                    for (usage, thumbprint) in usages.sorted(by: { $0.key < $1.key }) {
                        lines.append("  \(host) \(usage) \(thumbprint)")
                    }
                }
            }
            let works =
                pool.prepare.flatMap { [$0.birth].compactMap { $0 } + $0.copies } + pool.passes.flatMap(\.members)
            for debt in pool.passes.flatMap(\.members).flatMap(\.owes) {
                lines.append("owes \(debt.host) \(debt.what)")
            }
            for step in works.flatMap(\.steps) { lines.append("step \(step.key) \(CallText.text(of: step))") }
        }
        return Digest.sha256(Data(lines.joined(separator: "\n").utf8))
    }
}
