import FleetModel

/// Asks, before each switch, whether the pool can do without the member for a while.
struct WaveGate {
    let runner: StepRunner
    let plan: PoolPlan

    /// How often a gate is asked, and how long between: three times Busy, ten minutes apart, then stop and report
    /// (the vendor's upgrade guide). Where the inventory asks for no waiting there is one try.
    private var patience: (tries: Int, pause: Duration) {
        plan.pool.rollout.readyFor == .zero ? (1, .zero) : (3, .seconds(600))
    }

    /// - Parameter afterSwitch: A member of the pool was switched before: the pool must then have been ready for the
    ///   inventory's `ready_for` without a break.
    /// - Throws: ``Fault`` `pool.gate-closed`.
    func pass(for member: String, afterSwitch: Bool) async throws {
        let (tries, pause) = patience
        var findings: [String] = []
        for attempt in 1...tries {
            findings = try await closed(for: member)
            if findings.isEmpty { break }
            if attempt < tries { try await runner.tools.clock.sleep(for: pause) }
        }
        if findings.isEmpty, afterSwitch { findings = try await stay(for: member) }
        try await runner.tools.sink.record(
            .gate(pool: plan.pool.name, host: member, open: findings.isEmpty, findings: findings))
        guard findings.isEmpty else {
            throw Fault(
                "pool.gate-closed", .guarded, host: member,
                "not switched, because \(plan.pool.name) is not ready: \(findings.joined(separator: "; "))",
                hint: "when the pool is well again: certfleet runs resume", details: findings)
        }
    }

    /// Looks every minute; whatever is found ends the wait.
    private func stay(for member: String) async throws -> [String] {
        var stayed = Duration.zero
        let whole = plan.pool.rollout.readyFor
        while stayed < whole {
            if runner.tools.stop.isAsked { return [] }
            let nap = min(whole - stayed, .seconds(60))
            try await runner.tools.clock.sleep(for: nap)
            stayed += nap
            let findings = try await closed(for: member)
            if !findings.isEmpty { return findings }
        }
        return []
    }

    /// What keeps the gate closed; empty when it is open.
    private func closed(for member: String) async throws -> [String] {
        var findings: [String] = []
        for planned in plan.gates[member] ?? [] {
            guard let host = plan.pool.hosts.first(where: { $0.name == planned.key.host }) else { continue }
            do {
                try await runner.tools.links.using(host, in: plan.pool) { try await ask(planned, link: $0) }
            } catch let fault as Fault where fault.kind != .state {
                findings.append("\(host.name): \(fault.message)")
            }
        }
        return findings
    }

    /// A read may be repeated: one lost line says nothing of the pool.
    private func ask(_ planned: PlannedStep, link: HostLink) async throws {
        guard case .call(let template) = planned.step.operation else { return }
        func once() async throws {
            let read = ReadBack(
                call: template, matching: planned.step.matching, captures: [],
                expectations: planned.step.expectations)
            _ = try await runner.check(read, planned, suffix: "gate", link: link)
        }
        do {
            try await once()
        } catch let fault as Fault where fault.kind == .lost && !Task.isCancelled {
            try await once()
        }
    }
}
