package import FleetModel

// Restarts by themselves: what was put off, and what follows from changes on other servers.
extension Planner {
    /// The plans of restarts that are owed, for pools of this run's selection. A pool whose restarts are put off keeps
    /// its debts, unless the operator asks for nothing else.
    ///
    /// - Parameter facts: Whether what the survey found is still so; after a pool's switches it is not, and then only the
    ///   services are read back.
    package func restarts(_ debts: [OwedRestart], facts isFresh: Bool) -> [PoolPlan] {
        input.selection.pools.compactMap(input.inventory.pool).compactMap { pool in
            let mine = debts.filter { debt in pool.hosts.contains { $0.name == debt.host } }
            guard !mine.isEmpty, isFresh || deferral(of: pool) == nil else { return nil }
            return restartPlan(pool, mine, isFresh: isFresh)
        }
    }

    private func restartPlan(_ pool: Pool, _ debts: [OwedRestart], isFresh: Bool) -> PoolPlan {
        var plan = PoolPlan(pool: pool)
        for host in pool.hosts {
            if case .failed(let fault)? = input.facts[host.name] { plan.unreachable[host.name] = fault.on(host.name) }
        }
        let assessment = Assessment(input: input, pool: pool)
        let orders = OrderBuilder.orders(of: pool, in: input.inventory)
        plan.orders = orders.map { order in
            var planned = PlannedOrder(order: order, need: .none)
            let known = order.hosts.compactMap { input.facts[$0]?.facts }.map { assessment.assigned(order, $0) }
            if isFresh, let first = known.first, known.allSatisfy({ $0 == first }) { planned.thumbprint = first }
            planned.isManaged = procedure(for: order, in: pool) != nil
            return planned
        }
        guard plan.unreachable.isEmpty else {
            plan.blocked = Fault(
                "pool.member-missing", .guarded,
                "\(plan.unreachable.keys.sorted().joined(separator: ", ")) could not be surveyed, so nothing of \(pool.name) is restarted",
                hint: "mend the connection, then run the same command again")
            return plan
        }
        let assembly = StepAssembly(input: input, pool: pool)
        let members = begunFirst(pool.hosts).compactMap { host -> HostSteps? in
            let services = RestartDebts.services(debts, on: host.name)
            guard !services.isEmpty else { return nil }
            let pairs = plan.orders.filter { $0.order.hosts.contains(host.name) }.compactMap { planned in
                procedure(for: planned.order, in: pool).map { (planned, $0) }
            }
            return assembly.restarting(pairs, services: services, on: host)
        }
        if let helpless = members.first(where: { !$0.steps.contains(where: \.step.changes) }) {
            plan.blocked = Fault(
                "restart.no-procedure", .guarded, host: helpless.host,
                "no procedure of \(pool.type.rawValue) servers restarts \(helpless.restarts.joined(separator: ", "))",
                hint: "restart it by hand, member by member")
            return plan
        }
        var pass = SwitchPass(orders: plan.orders.filter(\.isManaged).map(\.order.id).unique, members: members)
        pass.isRestart = true
        plan.passes = [pass]
        plan.gates = gates(plan, assembly: assembly)
        return plan
    }

    // MARK: Put off

    /// Why restarts of the pool are put off; `nil` when they are not.
    func deferral(of pool: Pool) -> String? {
        if input.defersRestarts { return "put off with --defer-restarts" }
        if pool.rollout.defersRestarts { return "put off by the inventory (restarts: defer)" }
        if let window = pool.rollout.window, !window.contains(input.minuteOfDay) {
            return "outside the window \(window)"
        }
        return nil
    }

    /// A member whose services were stopped is never left so: what was begun is finished.
    func hasStopped(_ host: String) -> Bool {
        let keys = Array(input.history.outcomes.keys) + Array(input.history.open.keys)
        return keys.contains { $0.host == host && $0.part == .switching && $0.step.hasPrefix("stop") }
    }

    /// The restarts on other servers that a member's new certificate asks for: a Front End holds the trust of its
    /// Exchange servers until RTCSRV restarts ("Deploying certificates for Unified Messaging").
    func owedElsewhere(by host: Host, in pool: Pool, orders: [String]) -> [OwedRestart] {
        guard pool.type.isExchange, !orders.isEmpty else { return [] }
        return pool.serves.compactMap(input.inventory.pool).flatMap { served in
            served.hosts.map {
                OwedRestart(
                    pool: served.name, host: $0.name, services: ["RTCSRV"],
                    why: "\(orders.joined(separator: ", ")) is new on \(host.name)", isDeferred: false)
            }
        }
    }
}

extension Array where Element: Equatable {
    /// Each once, in the order of their first places.
    var unique: [Element] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
