import ArgumentParsing
import FleetModel
import Planning

/// Turns the names of a command line into pools and orders of the inventory.
struct Targets {
    let inventory: Inventory

    init(_ inventory: Inventory) { self.inventory = inventory }

    /// All pools when none is named.
    func poolsOrAll(_ names: [String]) throws -> [String] {
        names.isEmpty ? inventory.pools.map(\.name) : try pools(names)
    }

    /// Pools, and groups of pools or hosts, in the order of the inventory.
    ///
    /// - Throws: ``Refusal`` 66 with the name that fits best.
    func pools(_ names: [String]) throws -> [String] {
        var chosen: Set<String> = []
        for name in names { chosen.formUnion(try resolve(name, depth: 0)) }
        return inventory.pools.map(\.name).filter(chosen.contains)
    }

    /// Hosts and pools, for what looks at servers one by one; all pools when none is named.
    ///
    /// - Throws: As ``pools(_:)``.
    func hostsOrAll(_ names: [String]) throws -> TargetHosts {
        let pools = try poolsOrAll(names)
        // A pool, or a group of pools, stands for all its hosts; a host for itself alone.
        let whole = try Set(names.filter { inventory.host($0) == nil }.flatMap { try self.pools([$0]) })
        let hosts = names.filter { inventory.host($0) != nil }
        guard !hosts.isEmpty else { return TargetHosts(pools: pools, hosts: nil) }
        let all = inventory.pools.filter { whole.contains($0.name) }.flatMap(\.hosts).map(\.name)
        return TargetHosts(pools: pools, hosts: Set(hosts + all))
    }

    private func resolve(_ name: String, depth: Int) throws -> [String] {
        if inventory.pool(name) != nil { return [name] }
        if depth < 8, let group = inventory.groups[name] {
            return try group.flatMap { try resolve($0, depth: depth + 1) }
        }
        if let (pool, _) = inventory.host(name) { return [pool.name] }
        let known = inventory.pools.map(\.name) + Array(inventory.groups.keys)
        throw unknown("pool", name, known)
    }

    /// `POOL/ORDER` of a shared order.
    func sharedOrder(_ text: String) throws -> PlanSelection {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw Refusal(.usage, "'\(text)' is not of the form POOL/ORDER") }
        guard let pool = inventory.pool(parts[0]) else { throw unknown("pool", parts[0], inventory.pools.map(\.name)) }
        guard let order = pool.orders.first(where: { $0.id == parts[1] }) else {
            throw unknown("order of \(pool.name)", parts[1], pool.orders.map(\.id))
        }
        guard order.sharing != .host else {
            throw Refusal(
                .usage,
                "\(text) is not shared: each host of \(pool.name) has a key of its own, which never leaves it\n  hint: certfleet rollout \(pool.name)"
            )
        }
        return PlanSelection(pools: [pool.name], orders: [text])
    }

    private func unknown(_ what: String, _ name: String, _ known: [String]) -> Refusal {
        let hint = suggestion(for: name, among: known).map { "did you mean \($0)?" }
        return Refusal(
            .noTarget,
            "there is no \(what) '\(name)'\n  hint: \(hint ?? "there are: \(known.sorted().joined(separator: ", "))")")
    }
}

/// Pools, and of them which hosts.
struct TargetHosts {
    var pools: [String]
    /// `nil` for all hosts of the pools.
    var hosts: Set<String>?

    func includes(_ order: CertificateOrder) -> Bool {
        guard let hosts else { return true }
        return order.hosts.contains(where: hosts.contains)
    }
}
