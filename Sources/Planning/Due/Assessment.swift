import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Holds an order against what the servers have, and says what it needs.
struct Assessment {
    let input: PlanningInput
    let pool: Pool

    var rule: DueRule { DueRule(lead: input.lead ?? pool.lead, now: input.now) }

    func assess(_ order: CertificateOrder) -> PlannedOrder {
        var planned =
            switch order.sharing {
            case .host: assessOwn(order)
            case .pool: assessShared(order)
            case .global: assessGlobal(order)
            }
        planned.otherIssuers = otherIssuers(order)
        return planned.need.isWork ? withLosses(planned) : planned
    }

    /// What the servers would lose, by code and in words.
    private func withLosses(_ planned: PlannedOrder) -> PlannedOrder {
        var planned = planned
        for host in planned.order.hosts {
            guard let facts = input.facts[host]?.facts else { continue }
            let difference = AssignedDifference(planned, facts: facts)
            for loss in difference.losses {
                if !planned.losses.contains(loss.code) { planned.losses.append(loss.code) }
                planned.notes.append("\(loss.code) on \(host): \(loss.text)")
            }
        }
        return planned
    }

    private func otherIssuers(_ order: CertificateOrder) -> [String] {
        let check = IssuerCheck(order: order, issuers: input.chains[order.authority]?.issuers)
        return order.hosts.compactMap { host in
            guard let facts = input.facts[host]?.facts else { return nil }
            return assigned(order, facts).flatMap(facts.certificate).flatMap { check.note($0, on: host) }
        }
    }

    // MARK: Each host its own key

    private func assessOwn(_ order: CertificateOrder) -> PlannedOrder {
        guard let host = order.hosts.first, let facts = input.facts[host]?.facts else {
            return PlannedOrder(order: order, need: .unknown)
        }
        var planned = PlannedOrder(order: order, need: .none, former: [host: former(order, facts)])
        planned.notAfter = assigned(order, facts).flatMap(facts.certificate)?.notAfter
        if let thumbprint = unfinished(order, on: host) {
            planned.need = .assign
            planned.thumbprint = thumbprint
            planned.reasons = [DueReason(.unfinished, "its switch began and was not finished")]
            return planned
        }
        planned.reasons = reasons(order, facts)
        if planned.reasons.isEmpty { return planned }
        if let fitting = candidates(order, facts).first {
            planned.need = .assign
            planned.thumbprint = fitting.thumbprint
        } else {
            planned.need = .issue
        }
        return planned
    }

    /// The thumbprint of a switch that began in this run and did not end well.
    private func unfinished(_ order: CertificateOrder, on host: String) -> String? {
        guard input.history.touched[host]?.contains(order.id) == true else { return nil }
        return RememberedCaptures(input.history).text("thumbprint", of: order)
            ?? input.facts[host]?.facts.flatMap { candidates(order, $0, assignedToo: true).first?.thumbprint }
    }

    // MARK: One key for all

    private func assessShared(_ order: CertificateOrder) -> PlannedOrder {
        let members = order.hosts.compactMap { input.facts[$0]?.facts }
        guard !members.isEmpty else { return PlannedOrder(order: order, need: .unknown) }
        var planned = PlannedOrder(order: order, need: .none)
        for facts in members { planned.former[facts.host] = former(order, facts) }
        planned.notAfter = members.compactMap { assigned(order, $0).flatMap($0.certificate)?.notAfter }.min()

        let held = members.map { Set(candidates(order, $0, assignedToo: true).map(\.thumbprint)) }
        let best = bestShared(held, members: members, order: order)
        if let best, members.allSatisfy({ assigned(order, $0) == best }), !isUnfinished(order) { return planned }
        planned.reasons = sharedReasons(order, members: members, best: best)
        planned.birth = birthOfThisRun(order)
        guard let best else {
            planned.need = .issue
            planned.birth = planned.birth ?? members.first?.host
            return planned
        }
        planned.thumbprint = best
        // Held is held, whoever brought it and under whatever friendly name.
        let lacking = members.filter { $0.certificate(best)?.hasPrivateKey != true }
        if lacking.isEmpty, members.count == order.hosts.count {
            planned.need = .assign
            return planned
        }
        if lacking.isEmpty {
            // Nobody that answers needs a copy; who does not answer holds back the switch.
            planned.need = .distribute
            planned.birth = planned.birth ?? members.first?.host
            return planned
        }
        return distribution(planned, best: best, members: members)
    }

    /// The certificate that most members hold; of several the one that ends last.
    private func bestShared(_ held: [Set<String>], members: [HostFacts], order: CertificateOrder) -> String? {
        func end(_ thumbprint: String) -> Date {
            members.compactMap { $0.certificate(thumbprint)?.notAfter }.max() ?? .distantPast
        }
        return Set(held.joined()).max { one, other in
            let counts = (held.count { $0.contains(one) }, held.count { $0.contains(other) })
            return (counts.0, end(one), one) < (counts.1, end(other), other)
        }
    }

    private func distribution(_ planned: PlannedOrder, best: String, members: [HostFacts]) -> PlannedOrder {
        var planned = planned
        let exporters = members.filter {
            guard let certificate = $0.certificate(best), certificate.hasPrivateKey else { return false }
            return certificate.keyExportable != false
        }
        if let birth = exporters.first(where: { $0.host == planned.birth }) ?? exporters.first {
            planned.need = .distribute
            planned.birth = birth.host
        } else if input.accepted.contains("new-key") {
            planned.need = .issue
            planned.thumbprint = nil
            planned.birth = members.first?.host
        } else {
            planned.need = .distribute
            planned.birth = nil
            planned.losses = ["new-key"]
        }
        return planned
    }

    func isUnfinished(_ order: CertificateOrder) -> Bool {
        order.hosts.contains { input.history.touched[$0]?.contains(order.id) == true }
    }

    /// Where this run has begun to make the key; a resumed run goes on there.
    func birthOfThisRun(_ order: CertificateOrder) -> String? {
        let keys = Array(input.history.outcomes.keys) + Array(input.history.open.keys)
        return keys.first { $0.subject == order.id && $0.part == .prepare && ["request", "sign"].contains($0.step) }?
            .host
    }

    private func sharedReasons(_ order: CertificateOrder, members: [HostFacts], best: String?) -> [DueReason] {
        if let best {
            let lacking = members.filter { $0.certificate(best)?.hasPrivateKey != true }.map(\.host)
            let unassigned = members.filter { assigned(order, $0) != best }.map(\.host)
            var reasons: [DueReason] = []
            if !lacking.isEmpty {
                reasons.append(
                    DueReason(.sharedKeyDiffers, "the shared key is missing on \(lacking.joined(separator: ", "))"))
            }
            if !unassigned.isEmpty {
                reasons.append(DueReason(.assignment, "not assigned on \(unassigned.joined(separator: ", "))"))
            }
            return reasons.isEmpty ? [DueReason(.unfinished, "its switch began and was not finished")] : reasons
        }
        let first = members.lazy.compactMap { facts in self.reasons(order, facts).first }.first
        return [first ?? DueReason(.sharedKeyDiffers, "the members hold no valid certificate in common")]
    }

    // MARK: Facts of one host

    func former(_ order: CertificateOrder, _ facts: HostFacts) -> [String: String] {
        facts.assigned.filter { order.usages.contains($0.key) }
    }

    /// The one thumbprint that all usages of the order are assigned to.
    func assigned(_ order: CertificateOrder, _ facts: HostFacts) -> String? {
        let all = Set(order.usages.map { facts.assigned[$0] ?? "" })
        guard let only = all.first, all.count == 1, !only.isEmpty else { return nil }
        return only
    }

    /// Why what is assigned now does not serve.
    func reasons(_ order: CertificateOrder, _ facts: HostFacts) -> [DueReason] {
        let missing = order.usages.filter { facts.assigned[$0] == nil }
        if !missing.isEmpty { return [DueReason(.absent, "nothing is assigned to \(missing.joined(separator: ", "))")] }
        guard let thumbprint = assigned(order, facts) else {
            return [DueReason(.assignment, "its usages are assigned to different certificates")]
        }
        guard let certificate = facts.certificate(thumbprint) else {
            return [DueReason(.absent, "the assigned certificate \(thumbprint) is not in the store")]
        }
        return rule.reasons(certificate, for: order)
    }

    /// Certificates in the store that would serve the order, the longest-lived first.
    ///
    /// One that we made for another order, or that another usage has, is not taken: two orders may want the same names
    /// (an Edge's internal certificate and its media-relay one do), and their keys must stay apart.
    func candidates(
        _ order: CertificateOrder, _ facts: HostFacts, assignedToo: Bool = false
    ) -> [StoreCertificate] {
        let elsewhere = Set(facts.assigned.filter { !order.usages.contains($0.key) }.values)
        let own = Set(order.usages.compactMap { facts.assigned[$0] })
        let issuer = IssuerCheck(order: order, issuers: input.chains[order.authority]?.issuers)
        return facts.my.filter { certificate in
            let isOwn = own.contains(certificate.thumbprint)
            guard certificate.hasPrivateKey, !certificate.isAuthority, !elsewhere.contains(certificate.thumbprint),
                rule.reasons(certificate, for: order, exactly: !isOwn).isEmpty
            else { return false }
            if certificate.friendlyName.hasPrefix(FriendlyName.prefix) {
                return FriendlyName.names(certificate.friendlyName, order: order.id)
            }
            if isOwn { return assignedToo || own.count > 1 }
            return order.sharing == .host && issuer.other(certificate) == nil
        }.sorted { ($0.notAfter, $0.thumbprint) > ($1.notAfter, $1.thumbprint) }
    }
}

/// The friendly names we give: they tell a later run which order a certificate was made for.
enum FriendlyName {
    static let prefix = "certfleet "

    /// Unique in a computer's store, as the product demands.
    static func make(order: String, run: String) -> String { "\(prefix)\(order) \(run)" }

    static func names(_ friendlyName: String, order: String) -> Bool {
        friendlyName.hasPrefix("\(prefix)\(order) ")
    }
}
