package import FleetModel

/// Makes the orders of an inventory: one for each certificate that must exist.
package enum OrderBuilder {
    /// The orders of a pool, in the inventory's order; with `sharing: host` one per host.
    ///
    /// A reverse proxy has one for its listener though the inventory may name none: its names are worked out, no more.
    package static func orders(of pool: Pool, in inventory: Inventory) -> [CertificateOrder] {
        if pool.type == .reverseProxy {
            let definitions = pool.orders.isEmpty ? [listener(pool)] : pool.orders
            return definitions.map {
                order($0, pool: pool, host: pool.hosts.first, hosts: pool.hosts.map(\.name), in: inventory)
            }
        }
        return pool.orders.flatMap { definition -> [CertificateOrder] in
            if definition.sharing == .host {
                return pool.hosts.map { order(definition, pool: pool, host: $0, hosts: [$0.name], in: inventory) }
            }
            guard let first = pool.hosts.first else { return [] }
            let hosts = definition.sharing == .global ? deployment(pool, inventory) : pool.hosts
            return [order(definition, pool: pool, host: first, hosts: hosts.map(\.name), in: inventory)]
        }
    }

    /// All servers that use a certificate of the whole deployment: the pool's own first, then those of all other pools
    /// of Front Ends and Directors.
    private static func deployment(_ pool: Pool, _ inventory: Inventory) -> [Host] {
        let others = inventory.pools.filter {
            $0.name != pool.name && [.frontEnd, .standardEdition, .director].contains($0.type)
        }
        return pool.hosts + others.flatMap(\.hosts)
    }

    private static func listener(_ pool: Pool) -> OrderDefinition {
        OrderDefinition(id: "listener", usages: [], authority: "", place: pool.place)
    }

    private static func order(
        _ definition: OrderDefinition, pool: Pool, host: Host?, hosts: [String], in inventory: Inventory
    ) -> CertificateOrder {
        let rules = NameRules(
            inventory: inventory, pool: pool, host: host, sharing: definition.sharing,
            chosenDomains: definition.sipDomains)
        var names = rules.names(for: definition.usages)
        change(&names, by: definition)
        let product = ProductNames(rules: rules, usages: definition.usages, unwanted: definition.dropNames)
        return CertificateOrder(
            id: "\(pool.name)/\(definition.id)", pool: pool.name, hosts: hosts, usages: definition.usages,
            subject: Subject(commonName: names.subject, organization: inventory.organization),
            subjectOrigin: names.origin, subjectIsBinding: names.isBinding, names: names.list.names,
            dropped: names.dropped, productNames: product.possible, certainProductNames: product.certain,
            ekus: ekus(definition, rules: rules), key: definition.key,
            authority: definition.authority, sharing: definition.sharing,
            copiesExportable: definition.copiesExportable, assignment: definition.assignment)
    }

    /// `names.add` and `names.drop` of the inventory.
    private static func change(_ names: inout CertificateNames, by definition: OrderDefinition) {
        if names.list.isEmpty, !definition.addNames.isEmpty {
            // With alternative names there, nobody looks at the subject any more.
            names.list.putFirst(names.subject, origin: "\(names.origin): repeated, for there are other names")
        }
        for name in definition.addNames {
            let pointless = name.hasPrefix("*.") && definition.usages == ["Internal"]
            names.list.add(
                name, origin: "inventory: names.add" + (pointless ? ": nothing asks for a wildcard here" : ""))
            names.dropped.removeAll { $0.name.lowercased() == name.lowercased() }
        }
        for name in definition.dropNames {
            if name.lowercased() == names.subject.lowercased() {
                names.list.remark("the subject's name cannot be dropped", on: name)
            } else if names.list.remove(name) {
                names.dropped.append(DroppedName(name, why: "inventory: names.drop"))
            }
        }
    }

    /// Server authentication always; client authentication only on the Access Edge for public IM with AOL.
    private static func ekus(_ definition: OrderDefinition, rules: NameRules) -> [String] {
        let aol = rules.asksForAOL && definition.usages.contains("AccessEdgeExternal")
        return [ExtendedKeyUsage.serverAuthentication] + (aol ? [ExtendedKeyUsage.clientAuthentication] : [])
    }
}
