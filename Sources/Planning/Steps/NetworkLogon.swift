import FleetModel

/// Which steps need a sign-in that other machines accept, and whether a pool's servers have one.
///
/// A key gives a logon without network credentials (the second hop): what a server does on itself works, asking an
/// enterprise authority does not. That is said before anything begins.
struct NetworkLogon {
    let inventory: Inventory
    let pool: Pool

    /// - Returns: ``Fault`` `plan.no-network-logon` with the ways round it; `nil` when every order can be carried out.
    func objection(to work: [PlannedOrder]) -> Fault? {
        if let fault = storeObjection(to: work) { return fault }
        let refused = work.filter { planned in
            planned.need == .issue && !asker(planned).isEmpty && settings(planned) != nil
        }
        guard let first = refused.first, let settings = settings(first) else { return nil }
        var names: [String] = []
        for name in refused.flatMap(asker) where !names.contains(name) { names.append(name) }
        return Fault(
            "plan.no-network-logon", .guarded,
            "\(names.joined(separator: ", ")) cannot ask \(settings.authority) for \(first.order.id): "
                + "a sign-in by key cannot authenticate to other machines, so nothing is begun",
            hint: "one of three: ssh: { auth: [password] } for \(pool.name) · user and password under authorities: "
                + "\(first.order.authority) · the delayed mode, with an authority of kind certsrv, drop-folder or command"
        )
    }

    /// A certificate of the whole deployment is assigned in the Central Management store.
    private func storeObjection(to work: [PlannedOrder]) -> Fault? {
        for planned in work where planned.order.sharing == .global && !planned.assignsLater {
            guard let host = pool.hosts.first(where: { $0.name == planned.birth }), !host.ssh.hasNetworkCredentials
            else { continue }
            return Fault(
                "plan.no-network-logon", .guarded,
                "\(host.name) cannot write \(planned.order.id) into the Central Management store: "
                    + "a sign-in by key cannot authenticate to other machines, so nothing is begun",
                hint: "one of three: ssh: { auth: [password] } for \(pool.name) · the order in another pool that is "
                    + "signed in to by password · ssh: { network_credentials: true } where the store is on \(host.name) itself"
            )
        }
        return nil
    }

    /// The authority that the servers themselves ask, where the session's own account must do it.
    private func settings(_ planned: PlannedOrder) -> HostOnlineSettings? {
        guard case .hostOnline(let settings)? = inventory.authorities[planned.order.authority]?.kind,
            settings.user == nil
        else { return nil }
        return settings
    }

    /// The servers that would have to ask and cannot.
    private func asker(_ planned: PlannedOrder) -> [String] {
        let asking = planned.order.sharing == .host ? planned.order.hosts : [planned.birth].compactMap { $0 }
        return pool.hosts.filter { asking.contains($0.name) && !$0.ssh.hasNetworkCredentials }.map(\.name)
    }
}
