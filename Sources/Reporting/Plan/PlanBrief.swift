package import FleetModel

/// A plan at the moment of the question: what, why, in which order; not every call of every host.
///
///     fe-lyon    fe on fe01, fe02, fe03: new certificate
///                19 days left of 730 days, less than the lead of 60d
///                switched one at a time: fe01, fe02, fe03
package struct PlanBrief: Sendable {
    private let style: TextStyle

    package init(style: TextStyle) { self.style = style }

    package func text(_ plan: Plan) -> String {
        let width = plan.pools.map(\.pool.name.count).max() ?? 0
        var lines: [String] = []
        for pool in plan.pools {
            for (number, line) in self.lines(pool).enumerated() {
                let name = number == 0 ? style(pool.pool.name.padded(width), .strong) : "".padded(width)
                lines.append("\(name)  \(line)")
            }
        }
        lines += OwedText.lines(plan.owed, style: style)
        lines.append("")
        lines.append("\(PlanText.summary(plan)). Every name and call: certfleet plan".cleaned)
        return lines.map { $0 + "\n" }.joined()
    }

    private func lines(_ plan: PoolPlan) -> [String] {
        if let blocked = plan.blocked { return [style("nothing can be done here: ", .bad) + blocked.message.cleaned] }
        if plan.isUnmanaged { return ["named, not managed"] }
        var lines: [String] = TrustText.lines(plan.trust, style: style, indent: "")
        for (planned, hosts) in alike(plan.orders) {
            guard planned.isManaged else {
                lines.append("\(planned.order.id.split(separator: "/").last ?? ""): named, not managed".cleaned)
                continue
            }
            let head = "\(planned.order.id.split(separator: "/").last ?? "") on \(hosts.joined(separator: ", ")): "
                .cleaned
            let tone: TextStyle.Tone = ResultWords.tone(planned.need)
            lines.append(head + style(ResultWords.text(planned.need), tone))
            for reason in planned.reasons { lines.append("  \(reason.text)".cleaned) }
            for loss in planned.losses {
                lines.append(style("  a loss: \(loss); to accept it: --accept \(loss)", .waiting))
            }
            for note in planned.otherIssuers + planned.notes { lines.append("  note: \(note)".cleaned) }
        }
        for pass in plan.passes {
            if pass.isRestart {
                for member in pass.members {
                    let what = member.restarts == ["*"] ? "all services" : member.restarts.joined(separator: ", ")
                    lines.append("restarted one at a time: \(member.host), \(what)".cleaned)
                }
                continue
            }
            let orders = pass.orders.compactMap { $0.split(separator: "/").last }.joined(separator: ", ")
            let together = plan.passes.count > 1 ? " (\(orders))" : ""
            lines.append(
                "switched one at a time\(together): \(pass.members.map(\.host).joined(separator: ", "))".cleaned)
            for debt in pass.members.flatMap(\.owes) where debt.isDeferred {
                lines.append(style("owed afterwards: \(debt.what) on \(debt.host) (\(debt.why))".cleaned, .waiting))
            }
        }
        return lines.isEmpty ? ["no orders"] : lines
    }

    /// Orders of which each host has its own are told once, as long as the same is to be done for the same reason.
    private func alike(_ orders: [PlannedOrder]) -> [(PlannedOrder, [String])] {
        var groups: [(PlannedOrder, [String])] = []
        for planned in orders {
            let index = groups.firstIndex { known, _ in
                known.order.id == planned.order.id && known.need == planned.need && known.reasons == planned.reasons
                    && known.losses == planned.losses
            }
            if let index {
                groups[index].1 += planned.order.hosts
            } else {
                groups.append((planned, planned.order.hosts))
            }
        }
        return groups
    }
}
