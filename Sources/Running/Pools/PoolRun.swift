import FleetModel

/// Takes one pool through its work: prepare on all members, then switch one member at a time.
struct PoolRun {
    let plan: PoolPlan
    let tools: RunTools
    let history: RunHistory
    let canary: Canary
    let pairs: PairLock

    func run() async -> PoolResult {
        var result = PoolResult(faults: plan.unreachable.keys.sorted().compactMap { plan.unreachable[$0] })
        do {
            for fault in result.faults { try await tools.sink.record(.hostFailed(fault)) }
            if let blocked = plan.blocked { return try await stop(blocked, result: result) }
            guard plan.hasWork else { return result }
            let captures = CaptureStore()
            let prepared = await PreparePart(plan: plan, tools: tools, history: history, captures: captures).run()
            result.faults += prepared.faults
            result.resting = !prepared.resting.isEmpty
            result.unassigned = plan.orders.contains {
                $0.assignsLater && $0.need.isWork && !prepared.resting.contains($0.order.id)
            }
            result.stopped = prepared.stopped
            if prepared.stopped { return result }
            if let fault = prepared.faults.first ?? result.faults.first {
                guard fault.kind != .state else { return result }
                return try await stop(notSwitched(fault), result: result)
            }
            let switching = SwitchPart(
                plan: plan, tools: tools, history: history, captures: captures, canary: canary)
            if plan.pool.hosts.count == 1 { await canary.giveWay() }
            await pairs.take(plan.pool)
            let ended = await switching.run(passes: passes(without: prepared.resting), into: &result)
            await pairs.release(plan.pool)
            if ended { try await tools.sink.record(.poolEnded(pool: plan.pool.name)) }
        } catch let fault as Fault {
            result.faults.append(fault)
        } catch {
            result.faults.append(Fault("run.failed", .failed, "\(error)"))
        }
        return result
    }

    private func passes(without resting: Set<String>) -> [SwitchPass] {
        resting.isEmpty ? plan.passes : plan.passesWithout(resting)
    }

    private func stop(_ fault: Fault, result: PoolResult) async throws -> PoolResult {
        var result = result
        try await tools.sink.record(.poolStopped(pool: plan.pool.name, fault))
        let hosts = Set(result.faults.compactMap(\.host))
        result.untouched = plan.pool.hosts.contains { host in
            !hosts.contains(host.name)
                && plan.orders.contains { $0.need.isWork && $0.order.hosts.contains(host.name) }
        }
        if result.faults.isEmpty { result.faults = [fault] }
        return result
    }

    private func notSwitched(_ cause: Fault) -> Fault {
        Fault(
            "pool.not-switched", .guarded,
            "no server of \(plan.pool.name) was switched, because \(cause.host ?? "one") was not ready for it",
            hint: cause.hint ?? "mend it, then run: certfleet runs resume")
    }
}
