import FleetModel

/// Where an order's own names may have a wildcard, and what it stands for.
struct OrderNameRules {
    let reader: YAMLReader
    let type: PoolType
    let sipDomains: [String]

    func check(_ orders: [OrderDraft]) {
        for order in orders {
            let names = order.mapping["names"]
            if let chosen = names?["sip_domains"] { checkDomains(chosen) }
            let added = (names?["add"]?.items ?? []).filter { $0.text?.hasPrefix("*.") == true }
            if let objection = UsageRules.objectionToWildcard(type: type, usages: order.usages.map(\.value)) {
                for node in added { reader.report(node.place, "`add` cannot be `\(node.text ?? "")`: \(objection)") }
            } else {
                checkDropped(names?["drop"]?.items ?? [], added: added.compactMap(\.text))
            }
        }
    }

    /// The wizard's page of SIP domains offers those of the deployment, for the roles that clients sign in to.
    private func checkDomains(_ chosen: YAMLNode) {
        guard [.frontEnd, .standardEdition, .director, .sba, .edge].contains(type) else {
            return reader.report(chosen.place, "`sip_domains` means nothing for `\(type.rawValue)` pools")
        }
        let known = Set(sipDomains.map { $0.lowercased() })
        for node in chosen.items ?? [] {
            guard let domain = node.text, !known.contains(domain.lowercased()) else { continue }
            reader.report(
                node.place, "\(Quoting.quote(domain)) is not among the inventory's `sip_domains`",
                hint: Suggestion.hint(for: domain, among: sipDomains))
        }
    }

    /// A name that is dropped for a wildcard must be one that the wildcard covers.
    private func checkDropped(_ dropped: [YAMLNode], added: [String]) {
        for node in dropped {
            guard let name = node.text?.lowercased(), let dot = name.firstIndex(of: ".") else { continue }
            let stars = added.map { $0.lowercased() }
            if stars.contains("*" + name[dot...]) { continue }
            guard let star = stars.first(where: { name.hasSuffix($0.dropFirst()) }) else { continue }
            reader.report(
                node.place, "`\(star)` does not cover `\(name)`: a star stands for exactly one label",
                hint: "keep the name, or add `*\(name[dot...])`")
        }
    }
}
