import FleetModel

/// Makes planned steps of a procedure's: chooses those whose conditions hold, repeats those for lists, binds values.
struct StepAssembly {
    let input: PlanningInput
    let pool: Pool

    private var bindings: Bindings { Bindings(input: input, pool: pool) }

    // MARK: Prepare

    /// The prepare steps of one order on one host.
    ///
    /// - Parameter roles: The places whose steps belong here: `birth` or `copies` for a shared order, both otherwise.
    func prepare(_ planned: PlannedOrder, on host: Host, procedure: Procedure, roles: Set<Step.Place>) -> HostSteps {
        let values = bindings.order(planned, on: host)
        let holds = conditions(planned, on: host)
        func chosen(_ steps: [Step], _ part: StepKey.Part) -> [PlannedStep] {
            steps.filter { ($0.on == .all || roles.contains($0.on)) && holds($0.condition) }.flatMap {
                expand(
                    $0, host: host.name, subject: planned.order.id, part: part, values: values,
                    scope: planned.order.certificateKey)
            }
        }
        return HostSteps(
            host: host.name, steps: chosen(procedure.prepare, .prepare), finally: chosen(procedure.finally, .finally))
    }

    // MARK: Switch

    /// The switch steps of one member for several orders at once: what serves the member as a whole is done once.
    ///
    /// - Parameter deferred: Why the restarts are put off: then nothing is stopped or started, ports whose services hold
    ///   the old certificate are not looked at, and the restarts are owed.
    func switching(
        _ members: [(planned: PlannedOrder, procedure: Procedure)], on host: Host, deferred: String? = nil
    ) -> HostSteps {
        let together = members.map { $0.planned.order.id.split(separator: "/").last.map(String.init) ?? "" }
        let subject = "\(pool.name)/\(together.joined(separator: "+"))"
        let services = union(members)
        guard let deferred else { return walk(members, on: host, services: services, subject: subject) }
        let held = members.flatMap(\.procedure.restarts).filter { !$0.services.isEmpty }.map(\.usage)
        var steps = walk(members, on: host, services: [], subject: subject, hidden: held)
        if !services.isEmpty {
            let orders = members.map(\.planned.order.id).unique.joined(separator: ", ")
            steps.owes = [
                OwedRestart(
                    pool: pool.name, host: host.name, services: services, why: "\(orders), \(deferred)",
                    isDeferred: true)
            ]
        }
        return steps
    }

    /// Stop, start and read back, and nothing else: the steps of a restart by itself.
    func restarting(
        _ members: [(planned: PlannedOrder, procedure: Procedure)], services: [String], on host: Host
    ) -> HostSteps {
        walk(members, on: host, services: services, subject: "\(pool.name)/restart") { step, planned in
            step.scope == .member || (!step.changes && planned.thumbprint != nil)
        }
    }

    /// - Parameters:
    ///   - hidden: Usages whose ports are not looked at.
    ///   - takes: Which steps of an order's are wanted.
    private func walk(
        _ members: [(planned: PlannedOrder, procedure: Procedure)], on host: Host, services: [String], subject: String,
        hidden: [String] = [], takes: (Step, PlannedOrder) -> Bool = { _, _ in true }
    ) -> HostSteps {
        let all = services == ["*"]
        var steps: [PlannedStep] = []
        for id in ids(members.map(\.procedure.switching)) {
            var done = false
            for (planned, procedure) in members {
                guard let step = procedure.switching.first(where: { $0.id == id }), step.on != .readers,
                    takes(step, planned)
                else {
                    continue
                }
                if step.scope == .member, done { continue }
                var values = bindings.order(planned, on: host)
                values["services"] = .list(all ? [] : services)
                let holds = conditions(planned, on: host, restartsAll: all, restartsSome: !all && !services.isEmpty)
                guard holds(step.condition) else { continue }
                done = true
                let own = step.scope != .member
                var expanded = expand(
                    step, host: host.name, subject: own ? planned.order.id : subject, part: .switching,
                    values: values, scope: planned.order.certificateKey)
                if step.operation.isProbe {
                    let targets = ProbeTargets(pool: pool, host: host).targets(for: planned.order)
                        .filter { !hidden.contains($0.usage) }
                    expanded = targets.isEmpty ? [] : expanded.map { $0.with(probes: targets) }
                }
                steps += expanded
            }
        }
        var done = HostSteps(host: host.name, steps: steps)
        done.restarts = services
        return done
    }

    /// Step ids of all lists, in the order of the first list that has them.
    private func ids(_ lists: [[Step]]) -> [String] {
        var ids: [String] = []
        for list in lists {
            var after = ids.startIndex
            for step in list {
                if let known = ids.firstIndex(of: step.id) {
                    after = known + 1
                } else {
                    ids.insert(step.id, at: after)
                    after += 1
                }
            }
        }
        return ids
    }

    /// The services of all usages of all orders, each once; `*` swallows the rest.
    private func union(_ members: [(planned: PlannedOrder, procedure: Procedure)]) -> [String] {
        var services: [String] = []
        for (planned, procedure) in members {
            for restart in procedure.restarts where planned.order.usages.contains(restart.usage) {
                for service in restart.services where !services.contains(service) { services.append(service) }
            }
        }
        return services.contains("*") ? ["*"] : services
    }

    /// What a server is asked that takes a change up by itself.
    func reading(_ planned: PlannedOrder, on host: Host, steps: [Step]) -> HostSteps {
        let values = bindings.order(planned, on: host)
        return HostSteps(
            host: host.name,
            steps: steps.flatMap {
                expand(
                    $0, host: host.name, subject: planned.order.id, part: .switching, values: values,
                    scope: planned.order.certificateKey)
            })
    }

    // MARK: Reads

    /// The steps of a survey or of a gate's part, on the host that is asked.
    func reads(_ steps: [Step], on host: Host, subject: String, part: StepKey.Part) -> [PlannedStep] {
        steps.flatMap {
            expand($0, host: host.name, subject: subject, part: part, values: bindings.host(host), scope: host.name)
        }
    }

    // MARK: Parts

    private func expand(
        _ step: Step, host: String, subject: String, part: StepKey.Part, values: [String: BoundValue], scope: String
    ) -> [PlannedStep] {
        guard let list = step.forEach else {
            let key = StepKey(host: host, subject: subject, part: part, step: step.id)
            return [PlannedStep(key: key, step: step, bindings: values, scope: scope)]
        }
        guard case .list(let items)? = values[list] else { return [] }
        return items.map { item in
            var own = values
            own["item"] = .text(item)
            let key = StepKey(host: host, subject: subject, part: part, step: step.id, item: item)
            return PlannedStep(key: key, step: step, bindings: own, scope: scope)
        }
    }

    private func conditions(
        _ planned: PlannedOrder, on host: Host, restartsAll: Bool = false, restartsSome: Bool = false
    ) -> (Condition?) -> Bool {
        let facts = input.facts[host.name]?.facts
        let chain = input.chains[planned.order.authority]
        func lacks(_ wanted: [String]?, _ there: [String]?) -> Bool {
            !Set(wanted ?? []).isSubset(of: Set(there ?? []))
        }
        func holds(_ host: String) -> Bool {
            planned.thumbprint.map { input.facts[host]?.facts?.certificate($0)?.hasPrivateKey == true } ?? false
        }
        let copies = planned.order.hosts.filter { input.facts[$0]?.facts != nil && !holds($0) }
        var truths: [String: Bool] = [
            "needs-certificate": planned.need == .issue,
            "needs-copy": planned.order.sharing != .host && !holds(host.name),
            "copies-needed": planned.need == .distribute && !copies.isEmpty
                || planned.need == .issue && copies.count > 1,
            "roots-missing": lacks(chain?.rootThumbprints, facts?.roots),
            "intermediates-missing": lacks(chain?.intermediateThumbprints, facts?.intermediates),
            "repairs-trust": input.accepted.contains(TrustRules.acceptance),
            "restarts-all": restartsAll,
            "restarts-some": restartsSome,
            "rested": RememberedCaptures(input.history).rested(planned.order, on: host.name),
            "um-mode-tcp": facts?.startupModes["UM"] == "TCP" && planned.order.usages.contains("UM"),
            "router-mode-tcp": facts?.startupModes["UMCallRouter"] == "TCP"
                && planned.order.usages.contains("UMCallRouter"),
        ]
        // What was not agreed to be moved is there still, and asking again could only fail.
        let isClean = TrustRules.misplaced(facts).isEmpty || input.accepted.contains(TrustRules.acceptance)
        let imports = ["needs-certificate", "roots-missing", "intermediates-missing"].contains { truths[$0] == true }
        truths["trust-imported"] = isClean && imports
        for usage in planned.order.usages { truths["usage-\(usage)"] = true }
        return { condition in
            guard let condition else { return true }
            return (truths[condition.fact] ?? false) != condition.negated
        }
    }
}

extension StepOperation {
    var isProbe: Bool {
        if case .action(.probeTLS, _) = self { true } else { false }
    }
}

extension PlannedStep {
    fileprivate func with(probes: [ProbeTarget]) -> PlannedStep {
        var copy = self
        copy.probes = probes
        return copy
    }
}
