package import FleetModel

/// Inventory × procedures × facts × history → plan. Pure: it reads nothing but its input.
package struct Planner: Sendable {
    package let input: PlanningInput

    package init(_ input: PlanningInput) { self.input = input }

    package func plan() -> Plan {
        let pools = input.restart == nil ? input.selection.pools.compactMap(input.inventory.pool).map(plan(for:)) : []
        if let owed = input.restart {
            return Plan(command: input.command, pools: restarts(owed, facts: true), created: input.now)
        }
        var plan = Plan(command: input.command, pools: pools, created: input.now)
        plan.followUp = { [self] in restarts($0, facts: false) }
        return plan
    }

    /// The reads that find out what a host has; `nil` when no survey fits the pool, whose hosts are then left alone.
    package func survey(of host: Host, in pool: Pool) -> [PlannedStep]? {
        guard let procedure = choose(.survey, pool) else { return nil }
        return StepAssembly(input: input, pool: pool)
            .reads(procedure.prepare, on: host, subject: pool.name, part: .survey)
    }

    /// The pools whose servers must be looked at for these: their own, and those that show a certificate of the whole
    /// deployment which one of them makes.
    package func surveyed(for pools: [Pool]) -> [Pool] {
        let readers = pools.flatMap { OrderBuilder.orders(of: $0, in: input.inventory) }
            .filter { $0.sharing == .global && input.selection.includes($0.id) }.flatMap(\.hosts)
        let others = input.inventory.pools.filter { pool in
            !pools.contains { $0.name == pool.name } && pool.hosts.contains { readers.contains($0.name) }
        }
        return pools + others
    }

    /// The reads that find out what is published; `nil` when no such procedure fits the pool.
    package func topology(from host: Host, in pool: Pool) -> [PlannedStep]? {
        guard let procedure = choose(.topology, pool) else { return nil }
        return StepAssembly(input: input, pool: pool)
            .reads(procedure.prepare, on: host, subject: pool.name, part: .survey)
    }

    // MARK: One pool

    private func plan(for pool: Pool) -> PoolPlan {
        var plan = PoolPlan(pool: pool)
        for host in pool.hosts {
            if case .failed(let fault)? = input.facts[host.name] { plan.unreachable[host.name] = fault.on(host.name) }
        }
        let assessment = Assessment(input: input, pool: pool)
        let orders = OrderBuilder.orders(of: pool, in: input.inventory).filter { input.selection.includes($0.id) }
        plan.orders = orders.map { order in
            var planned = PlanNotes(input: input, pool: pool).annotated(assessment.assess(order))
            planned.isManaged = procedure(for: order, in: pool) != nil
            for host in order.hosts { planned.ground[host] = input.facts[host]?.facts.map(SurveyedGround.init) }
            return AssignmentRule(input: input).applied(to: planned)
        }
        if input.assignsWaiting { plan.orders.removeAll { $0.need != .assign } }
        plan.trust = TrustRules(input: input, pool: pool).findings(plan.orders)
        let unmanaged = plan.orders.filter { !$0.isManaged }.map(\.order)
        if !unmanaged.isEmpty { plan.unmanaged = unmanagedWords(pool, orders: unmanaged, of: orders) }
        let work = plan.orders.filter { $0.need.isWork && $0.isManaged && !$0.waitsForAssignment }
        plan.blocked = blocked(plan, work: work)
        guard plan.blocked == nil else { return plan }

        let assembly = StepAssembly(input: input, pool: pool)
        let prepared = work.compactMap { prepare($0, plan: plan, assembly: assembly) }
        plan.prepare = prepared
        plan.passes = passes(work.filter { !$0.assignsLater }, plan: plan, assembly: assembly, assessment: assessment)
        let known = plan
        plan.passesWithout = { [self] without in
            let others = work.filter { !without.contains($0.order.id) && !$0.assignsLater }
            return passes(others, plan: known, assembly: assembly, assessment: assessment)
        }
        plan.gates = gates(plan, assembly: assembly)
        return plan
    }

    /// Once for the pool: what is worked out and shown, and left to hands.
    private func unmanagedWords(_ pool: Pool, orders: [CertificateOrder], of all: [CertificateOrder]) -> String {
        var ids: [String] = []
        for order in orders where !ids.contains(order.id) { ids.append(order.id) }
        let what = orders.count == all.count ? pool.name : ids.joined(separator: ", ")
        return "\(what): named, not managed: no procedure gives \(pool.type.rawValue) servers of version "
            + "\(pool.version.rawValue) this certificate; its names: certfleet names \(pool.name)"
    }

    private func blocked(_ plan: PoolPlan, work: [PlannedOrder]) -> Fault? {
        let pool = plan.pool
        for planned in work {
            if planned.losses.contains("new-key") {
                return Fault(
                    "push.not-exportable", .guarded,
                    "no member that answers can export the key of \(planned.order.id), so it cannot be brought to the others",
                    hint: "a new certificate for the pool: certfleet push \(planned.order.id) --accept new-key")
            }
        }
        if let loss = loss(work) { return loss }
        if let fault = NetworkLogon(inventory: input.inventory, pool: pool).objection(to: work) { return fault }
        guard !plan.unreachable.isEmpty, !work.isEmpty, work.allSatisfy({ $0.order.sharing == .host }) else {
            return nil
        }
        let names = plan.unreachable.keys.sorted()
        return Fault(
            "pool.member-missing", .guarded,
            "\(names.joined(separator: ", ")) could not be surveyed, so no server of \(pool.name) is touched",
            hint: "mend the connection, then run the same command again")
    }

    /// A loss that nobody has accepted by its name holds back the pool.
    private func loss(_ work: [PlannedOrder]) -> Fault? {
        let refused = work.filter { !input.accepted.isSuperset(of: $0.losses) }
        guard let first = refused.first else { return nil }
        var codes: [String] = []
        for code in refused.flatMap(\.losses) where !codes.contains(code) && !input.accepted.contains(code) {
            codes.append(code)
        }
        let all = input.accepted.union(codes).sorted().map { "--accept \($0)" }.joined(separator: " ")
        var details: [String] = []
        for planned in refused {
            for note in planned.notes where codes.contains(where: { note.hasPrefix("\($0) on ") }) {
                details.append("\(planned.order.id): \(note)")
            }
        }
        let others = refused.count > 1 ? " (and \(refused.count - 1) more)" : ""
        return Fault(
            "plan.loss", .guarded,
            "the new certificate of \(first.order.id)\(others) would lose something that the assigned one has: \(codes.joined(separator: ", "))",
            hint: "if that is meant: certfleet \(input.command) \(all)", details: details)
    }

    private func prepare(_ planned: PlannedOrder, plan: PoolPlan, assembly: StepAssembly) -> PrepareWork? {
        let order = planned.order
        guard let procedure = procedure(for: order, in: plan.pool) else { return nil }
        func steps(_ name: String, _ roles: Set<Step.Place>) -> HostSteps? {
            guard let host = plan.pool.hosts.first(where: { $0.name == name }) else { return nil }
            return assembly.prepare(planned, on: host, procedure: procedure, roles: roles)
        }
        if order.sharing == .host {
            // With a member missing nobody of the pool is switched, so nothing is ordered for the others either.
            guard plan.unreachable.isEmpty, let host = order.hosts.first else { return nil }
            return PrepareWork(order: order, birth: steps(host, [.birth, .copies]))
        }
        let reachable = order.hosts.filter { plan.unreachable[$0] == nil }
        let birth = planned.birth ?? reachable.first
        return PrepareWork(
            order: order, birth: birth.flatMap { steps($0, [.birth]) },
            copies: order.sharing == .global
                ? [] : reachable.filter { $0 != birth }.compactMap { steps($0, [.copies]) },
            missing: plan.unreachable.filter { order.hosts.contains($0.key) })
    }

    // MARK: Passes and gates

    /// A shared media-relay key in a quick pass of its own, its two services only; then all others together.
    private func passes(
        _ work: [PlannedOrder], plan: PoolPlan, assembly: StepAssembly, assessment: Assessment
    ) -> [SwitchPass] {
        guard plan.unreachable.isEmpty else { return [] }
        let global = work.filter { $0.order.sharing == .global }
        let first = work.filter { $0.order.sharing == .pool && $0.order.usages == ["AudioVideoAuthentication"] }
        let rest = work.filter { one in !(first + global).contains { $0.order.id == one.order.id } }
        return [first, rest, global].compactMap { orders in
            let members = begunFirst(plan.pool.hosts).compactMap { host -> HostSteps? in
                let own = orders.filter { needsSwitch($0, on: host.name, assessment: assessment) }
                let pairs = own.compactMap { planned in
                    procedure(for: planned.order, in: plan.pool).map { (planned, $0) }
                }
                guard !pairs.isEmpty else { return nil }
                let why = hasStopped(host.name) ? nil : deferral(of: plan.pool)
                var steps = assembly.switching(pairs, on: host, deferred: why)
                steps.owes += owedElsewhere(by: host, in: plan.pool, orders: own.map(\.order.id).unique)
                return steps
            }
            guard !members.isEmpty else { return nil }
            var ids: [String] = []
            for planned in orders where !ids.contains(planned.order.id) { ids.append(planned.order.id) }
            let readers = orders.filter { $0.order.sharing == .global }.flatMap { self.readers($0, plan: plan) }
            return SwitchPass(
                orders: ids, members: members, readers: readers,
                interrupts: orders.contains { $0.order.sharing != .global })
        }
    }

    /// A member whose switch began and did not end well may have its services stopped: the pool is whole again only when
    /// that one is finished, so it goes before all others.
    func begunFirst(_ hosts: [Host]) -> [Host] {
        hosts.filter { hasBegun($0.name) } + hosts.filter { !hasBegun($0.name) }
    }

    private func hasBegun(_ host: String) -> Bool {
        input.history.touched[host] != nil || input.history.restarting.contains(host)
    }

    /// Every server that must show a certificate of the whole deployment, once it has taken it up.
    private func readers(_ planned: PlannedOrder, plan: PoolPlan) -> [ReaderSteps] {
        guard let procedure = procedure(for: planned.order, in: plan.pool) else { return [] }
        return planned.order.hosts.compactMap { name in
            guard let (pool, host) = input.inventory.host(name), choose(.survey, pool) != nil else { return nil }
            let steps = StepAssembly(input: input, pool: pool)
                .reading(planned, on: host, steps: procedure.switching.filter { $0.on == .readers })
            return ReaderSteps(pool: pool, steps: steps)
        }
    }

    private func needsSwitch(_ planned: PlannedOrder, on host: String, assessment: Assessment) -> Bool {
        guard planned.order.hosts.contains(host) else { return false }
        if planned.order.sharing == .global { return host == planned.birth }
        if input.history.touched[host]?.contains(planned.order.id) == true { return true }
        guard let thumbprint = planned.thumbprint, let facts = input.facts[host]?.facts else { return true }
        return assessment.assigned(planned.order, facts) != thumbprint
    }

    func gates(_ plan: PoolPlan, assembly: StepAssembly) -> [String: [PlannedStep]] {
        let pool = plan.pool
        guard pool.hosts.count > 1, let gate = choose(.gate, pool) else { return [:] }
        var gates: [String: [PlannedStep]] = [:]
        for member in Set(plan.passes.flatMap { $0.members.map(\.host) }) {
            // A member that is down by our hand is not kept down by what it, or another such one, says of itself.
            let asked = pool.hosts.filter { !hasBegun(member) || !hasBegun($0.name) }
            gates[member] = asked.flatMap { host in
                let steps = gate.prepare.filter { ($0.on == .others) == (host.name != member) }
                return assembly.reads(steps, on: host, subject: "\(pool.name)/\(member)", part: .gate)
            }
        }
        return gates
    }

    func choose(_ kind: Procedure.Kind, _ pool: Pool) -> Procedure? {
        input.procedures.first {
            $0.kind == kind && $0.types.contains(pool.type) && $0.versions.contains(pool.version)
        }
    }

    /// The procedure that brings a certificate; none: it is named, not managed.
    func procedure(for order: CertificateOrder, in pool: Pool) -> Procedure? {
        let authority = input.inventory.authorities[order.authority]?.kind.word ?? .local
        return input.procedures.first {
            $0.kind == .certificate && $0.types.contains(pool.type) && $0.versions.contains(pool.version)
                && $0.sharing.contains(order.sharing) && $0.serves(authority)
        }
    }
}
