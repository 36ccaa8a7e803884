package import FleetModel

/// Carries out a plan: pools side by side, the members of a pool in turn.
package struct Runner: Sendable {
    private let plan: Plan
    private let tools: RunTools
    private let history: RunHistory

    /// - Parameter history: What this run has done before; empty for a new one.
    package init(plan: Plan, tools: RunTools, history: RunHistory = RunHistory()) {
        self.plan = plan
        self.tools = tools
        self.history = history
    }

    /// Runs to the end and says how it ended; the journal has the rest.
    package func run() async -> (state: RunState, exitCode: ExitCode) {
        let ledger = DebtLedger(history.debts)
        var tools = self.tools
        tools.sink = LedgerSink(sink: tools.sink, ledger: ledger)
        do {
            try await begin()
        } catch {
            return (.stopped, .cannotWriteState)
        }
        let canary = Canary(
            count: history.switched.isEmpty ? plan.pools.map(\.pool.rollout.canary).max() ?? 0 : 0,
            larger: plan.pools.filter { $0.pool.hosts.count > 1 }.count)
        let pairs = PairLock()
        var results = await run(plan.pools, tools: tools, canary: canary, pairs: pairs)
        if !tools.stop.isAsked {
            results.merge(await followUps(results, ledger, tools: tools, pairs: pairs)) { $0.joined(with: $1) }
        }
        return await end(Array(results.values), owes: await !ledger.owed.isEmpty)
    }

    /// Pools side by side; by their names.
    private func run(
        _ pools: [PoolPlan], tools: RunTools, canary: Canary, pairs: PairLock
    ) async -> [String: PoolResult] {
        await withTaskGroup(of: (String, PoolResult).self) { group in
            for pool in pools {
                group.addTask {
                    let result = await PoolRun(
                        plan: pool, tools: tools, history: history, canary: canary, pairs: pairs
                    ).run()
                    if pool.pool.hosts.count > 1 { await canary.largerPoolEnded() }
                    // A journal that cannot be written stops the whole run.
                    if result.exitCode == .cannotWriteState { tools.stop.ask() }
                    return (pool.pool.name, result)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Restarts that follow from a change on other servers of this run: RTCSRV of the pools that Exchange serves, when all
    /// of those servers are done and the pool itself came through.
    private func followUps(
        _ results: [String: PoolResult], _ ledger: DebtLedger, tools: RunTools, pairs: PairLock
    ) async -> [String: PoolResult] {
        func isWell(_ pool: String) -> Bool { results[pool].map { $0.exitCode == .done } ?? false }
        let debts = await ledger.owed.filter { debt in
            !debt.isDeferred && isWell(debt.pool)
                && plan.pools.filter { $0.pool.serves.contains(debt.pool) }.allSatisfy { isWell($0.pool.name) }
        }
        let pools = debts.isEmpty ? [] : plan.followUp(debts)
        return await run(pools, tools: tools, canary: Canary(count: 0), pairs: pairs)
    }

    private func begin() async throws {
        for pool in plan.pools {
            for finding in pool.trust {
                try await tools.sink.record(.note(host: finding.host, text: finding.sentence))
            }
            for order in pool.orders where order.isManaged {
                try await tools.sink.record(.planned(PlannedOrderSummary(order)))
            }
        }
    }

    private func end(_ results: [PoolResult], owes: Bool) async -> (RunState, ExitCode) {
        let code = ExitCode.strongest(results.map(\.exitCode) + (owes ? [.waiting] : []))
        let state: RunState =
            switch code {
            case .done: .finished
            // A restart that is owed is another command's: this run has nothing left to do.
            case .waiting: results.contains(where: \.resting) ? .resting : .finished
            case .interrupted, .terminated: .interrupted
            default: .stopped
            }
        do {
            try await tools.sink.record(.runEnded(state, exitCode: code))
        } catch {
            return (.stopped, .cannotWriteState)
        }
        return (state, code)
    }
}
