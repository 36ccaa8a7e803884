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
        do {
            try await begin()
        } catch {
            return (.stopped, .cannotWriteState)
        }
        let canary = Canary(
            count: history.switched.isEmpty ? plan.pools.map(\.pool.rollout.canary).max() ?? 0 : 0,
            larger: plan.pools.filter { $0.pool.hosts.count > 1 }.count)
        let pairs = PairLock()
        let results = await withTaskGroup(of: PoolResult.self) { group in
            for pool in plan.pools {
                group.addTask {
                    let result = await PoolRun(
                        plan: pool, tools: tools, history: history, canary: canary, pairs: pairs
                    ).run()
                    if pool.pool.hosts.count > 1 { await canary.largerPoolEnded() }
                    // A journal that cannot be written stops the whole run.
                    if result.exitCode == .cannotWriteState { tools.stop.ask() }
                    return result
                }
            }
            return await group.reduce(into: [PoolResult]()) { $0.append($1) }
        }
        return await end(results)
    }

    private func begin() async throws {
        for pool in plan.pools {
            for order in pool.orders where order.isManaged {
                try await tools.sink.record(.planned(PlannedOrderSummary(order)))
            }
        }
    }

    private func end(_ results: [PoolResult]) async -> (RunState, ExitCode) {
        let code = ExitCode.strongest(results.map(\.exitCode))
        let state: RunState =
            switch code {
            case .done: .finished
            case .waiting: .resting
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
