package import FleetModel

/// Brings an inventory to what is published, and leaves alone what is not: sign-in, authorities, orders, Exchange.
package struct TopologyImport: Sendable {
    let published: PublishedTopology
    /// The pool of the server that was asked: new pools take version, sign-in and authority from it.
    let model: Pool

    package init(_ published: PublishedTopology, like model: Pool) {
        self.published = published
        self.model = model
    }

    /// The inventory as it would be, and what was kept though it is not published.
    package func applied(to inventory: Inventory) -> (inventory: Inventory, kept: [String]) {
        var result = inventory
        result.sipDomains = published.sipDomains
        result.topology.meet = published.meet
        result.topology.dialin = published.dialin
        result.topology.admin = published.admin
        var names = Set(inventory.pools.map { $0.name.lowercased() })
        names.formUnion(inventory.pools.flatMap(\.hosts).map { $0.name.lowercased() })
        for theirs in published.pools {
            let index = result.pools.firstIndex { $0.effectiveFQDN?.lowercased() == theirs.fqdn.lowercased() }
            if let index {
                update(&result.pools[index], from: theirs, names: &names)
            } else {
                result.pools.append(made(theirs, names: &names))
            }
        }
        let there = Set(result.pools.map(\.name) + result.pools.flatMap(\.hosts).map(\.name))
        result.groups = result.groups.mapValues { $0.filter { there.contains($0) || inventory.groups[$0] != nil } }
        let kept = inventory.pools.filter { pool in
            !pool.type.isExchange && pool.type != .reverseProxy
                && pool.effectiveFQDN.map { published.pool($0) == nil } ?? true
        }
        return (result, kept.map(\.name))
    }

    private func update(_ pool: inout Pool, from theirs: PublishedTopology.Pool, names: inout Set<String>) {
        pool.type = theirs.type
        if [.frontEnd, .director].contains(theirs.type) { pool.webInternal = theirs.webInternal }
        if [.frontEnd, .standardEdition, .director].contains(theirs.type) { pool.webExternal = theirs.webExternal }
        pool.access = service(theirs.access, pool.access)
        pool.webConferencing = service(theirs.webConferencing, pool.webConferencing)
        pool.av = service(theirs.av, pool.av)
        let old = pool.hosts
        pool.hosts = theirs.members.map { member in
            old.first { $0.fqdn.lowercased() == member.lowercased() } ?? host(member, names: &names)
        }
    }

    private func service(_ fqdn: String?, _ old: EdgeService?) -> EdgeService? {
        fqdn.map { EdgeService(fqdn: $0, port: old?.port ?? 443) }
    }

    private func made(_ theirs: PublishedTopology.Pool, names: inout Set<String>) -> Pool {
        var pool = Pool(
            name: free(theirs.fqdn, "-pool", names: &names), site: model.site, type: theirs.type,
            version: model.version, place: model.place)
        pool.fqdn = theirs.type == .standardEdition ? nil : theirs.fqdn
        pool.rollout = model.rollout
        pool.lead = model.lead
        update(&pool, from: theirs, names: &names)
        let authority = model.orders.first?.authority ?? ""
        pool.orders = layout(of: theirs.type).map { id, usages in
            OrderDefinition(
                id: id, usages: usages, authority: authority, sharing: id == "edge-av" ? .pool : .host,
                place: model.place)
        }
        return pool
    }

    /// The usual certificates of a role, for the administrator to change.
    private func layout(of type: PoolType) -> [(id: String, usages: [String])] {
        switch type {
        case .edge:
            [
                ("edge-internal", ["Internal"]), ("edge-external", ["AccessEdgeExternal", "DataEdgeExternal"]),
                ("edge-av", ["AudioVideoAuthentication"]),
            ]
        case .frontEnd, .standardEdition, .director:
            [("default", ["Default", "WebServicesInternal", "WebServicesExternal"])]
        default: [("default", ["Default"])]
        }
    }

    private func host(_ fqdn: String, names: inout Set<String>) -> Host {
        let like = model.hosts.first
        return Host(
            name: free(fqdn, "-host", names: &names), fqdn: fqdn, address: fqdn,
            ssh: like?.ssh ?? SSHSettings(user: ""), deadlines: like?.deadlines ?? Deadlines(), place: model.place)
    }

    /// The first label, made unique.
    private func free(_ fqdn: String, _ suffix: String, names: inout Set<String>) -> String {
        let label = String(fqdn.prefix { $0 != "." }).lowercased()
        var name = label
        var number = 1
        while !names.insert(name).inserted {
            name = label + suffix + (number == 1 ? "" : String(number))
            number += 1
        }
        return name
    }
}
