import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

// One certificate for the deployment: made and assigned on one server, taken up by all others by themselves.
extension Assessment {
    func assessGlobal(_ order: CertificateOrder) -> PlannedOrder {
        let all = order.hosts.compactMap { input.facts[$0]?.facts }
        let members = all.filter { facts in pool.hosts.contains { $0.name == facts.host } }
        var planned = PlannedOrder(order: order, need: members.isEmpty ? .unknown : .none)
        for facts in all { planned.former[facts.host] = former(order, facts) }
        planned.notAfter = all.compactMap { assigned(order, $0).flatMap($0.certificate)?.notAfter }.min()
        for host in order.hosts where input.facts[host] != nil && input.facts[host]?.facts == nil {
            planned.notes.append("\(host) could not be asked which one it shows")
        }
        guard !members.isEmpty else { return planned }
        planned.reasons = globalReasons(order, all)
        if planned.reasons.isEmpty { return planned }
        planned.birth = birthOfThisRun(order)
        guard let best = best(order, members: members, all: all) else {
            planned.need = .issue
            planned.birth = planned.birth ?? members.first?.host
            return planned
        }
        planned.need = .assign
        planned.thumbprint = best
        planned.birth = members.first { $0.certificate(best)?.hasPrivateKey == true }?.host
        return planned
    }

    /// Why the one that is assigned does not serve, or is not shown everywhere.
    private func globalReasons(_ order: CertificateOrder, _ all: [HostFacts]) -> [DueReason] {
        let shown = all.compactMap { assigned(order, $0) }
        guard let most = mostFrequent(shown) else {
            return [DueReason(.absent, "nothing is assigned to \(order.usages.joined(separator: ", "))")]
        }
        guard let holder = all.first(where: { $0.certificate(most) != nil }) else {
            return [DueReason(.absent, "the assigned certificate \(most) is in no store")]
        }
        let own = reasons(order, holder)
        if assigned(order, holder) == most, !own.isEmpty { return own }
        let others = all.filter { assigned(order, $0) != most }.map(\.host)
        if !others.isEmpty {
            return [DueReason(.assignment, "\(others.joined(separator: ", ")) does not show the one that most have")]
        }
        return isUnfinished(order) ? [DueReason(.unfinished, "its switch began and was not finished")] : []
    }

    /// Of the certificates that the pool's members hold and that serve: the one that most servers show, then the one
    /// that ends last.
    private func best(_ order: CertificateOrder, members: [HostFacts], all: [HostFacts]) -> String? {
        let shown = all.compactMap { assigned(order, $0) }
        let held = members.flatMap { candidates(order, $0, assignedToo: true) }
        return held.max { one, other in
            func weight(_ certificate: StoreCertificate) -> (Int, Date, String) {
                (shown.count { $0 == certificate.thumbprint }, certificate.notAfter, certificate.thumbprint)
            }
            return weight(one) < weight(other)
        }?.thumbprint
    }

    private func mostFrequent(_ texts: [String]) -> String? {
        Set(texts).max { one, other in
            (texts.count { $0 == one }, one) < (texts.count { $0 == other }, other)
        }
    }
}
