package import FleetModel

/// Makes the orders of an inventory: one for each certificate that must exist.
package enum OrderBuilder {
    /// The orders of a pool, in the inventory's order; with `sharing: host` one per host.
    package static func orders(of pool: Pool, in inventory: Inventory) -> [CertificateOrder] {
        pool.orders.flatMap { definition -> [CertificateOrder] in
            if definition.sharing == .host {
                return pool.hosts.map { order(definition, pool: pool, host: $0, hosts: [$0.name], in: inventory) }
            }
            guard let first = pool.hosts.first else { return [] }
            return [order(definition, pool: pool, host: first, hosts: pool.hosts.map(\.name), in: inventory)]
        }
    }

    private static func order(
        _ definition: OrderDefinition, pool: Pool, host: Host, hosts: [String], in inventory: Inventory
    ) -> CertificateOrder {
        var (subject, list) = NameRules(inventory: inventory, pool: pool, host: host).names(for: definition.usages)
        for name in definition.addNames { list.add(name, origin: "inventory: names.add") }
        var dropped: [DroppedName] = []
        for name in definition.dropNames where list.remove(name) {
            dropped.append(DroppedName(name, why: "inventory: names.drop"))
        }
        return CertificateOrder(
            id: "\(pool.name)/\(definition.id)", pool: pool.name, hosts: hosts, usages: definition.usages,
            subject: Subject(commonName: subject, organization: inventory.organization), names: list.names,
            dropped: dropped, ekus: ekus(definition, inventory: inventory), key: definition.key,
            authority: definition.authority, sharing: definition.sharing,
            copiesExportable: definition.copiesExportable)
    }

    /// Server authentication always; client authentication only on the Access Edge for public IM with AOL.
    private static func ekus(_ definition: OrderDefinition, inventory: Inventory) -> [String] {
        let aol = inventory.topology.publicIM.contains("aol") && definition.usages.contains("AccessEdgeExternal")
        return [ExtendedKeyUsage.serverAuthentication] + (aol ? [ExtendedKeyUsage.clientAuthentication] : [])
    }
}
