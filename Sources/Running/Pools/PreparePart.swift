import FleetModel

/// The prepare part of a pool: request, sign, check, import. It interrupts nothing, so all members go at once.
struct PreparePart {
    struct Result: Sendable {
        var faults: [Fault] = []
        /// Ids of orders that wait for an answer.
        var resting: Set<String> = []
        var stopped = false

        mutating func take(_ other: Result) {
            faults += other.faults
            resting.formUnion(other.resting)
            stopped = stopped || other.stopped
        }
    }

    let plan: PoolPlan
    let tools: RunTools
    let history: RunHistory
    let captures: CaptureStore

    func run() async -> Result {
        var result = await own()
        for work in plan.prepare where work.order.sharing != .host {
            result.take(await shared(work))
        }
        return result
    }

    /// Orders of which each host has its own: hosts side by side, the orders of one host in turn.
    private func own() async -> Result {
        let works = plan.prepare.filter { $0.order.sharing == .host }
        return await withTaskGroup(of: Result.self) { group in
            for host in plan.pool.hosts {
                let mine = works.filter { $0.birth?.host == host.name }
                guard !mine.isEmpty else { continue }
                group.addTask {
                    var result = Result()
                    for work in mine {
                        guard let steps = work.birth else { continue }
                        result.take(await walk(steps, order: work.order, shared: true))
                        if !result.faults.isEmpty || result.stopped { break }
                    }
                    return result
                }
            }
            return await group.reduce(into: Result()) { $0.take($1) }
        }
    }

    /// A shared key: born or exported on one member, then brought to the others side by side.
    private func shared(_ work: PrepareWork) async -> Result {
        var result = Result()
        guard let birth = work.birth else { return result }
        result.take(
            await walk(birth, order: work.order, shared: true, followers: work.copies.flatMap(\.steps)))
        guard result.faults.isEmpty, result.resting.isEmpty, !result.stopped else { return result }
        let copies = await withTaskGroup(of: Result.self) { group in
            for steps in work.copies {
                group.addTask { await walk(steps, order: work.order, shared: false) }
            }
            return await group.reduce(into: Result()) { $0.take($1) }
        }
        result.take(copies)
        return result
    }

    private func walk(
        _ steps: HostSteps, order: CertificateOrder, shared: Bool, followers: [PlannedStep] = []
    ) async -> Result {
        guard let host = plan.pool.hosts.first(where: { $0.name == steps.host }) else { return Result() }
        do {
            return try await tools.links.using(host, in: plan.pool) {
                await walk(steps, order: order, shared: shared, followers: followers, over: $0)
            }
        } catch {
            return Result(faults: [Fault.unexpected(error, on: host.name)])
        }
    }

    private func walk(
        _ steps: HostSteps, order: CertificateOrder, shared: Bool, followers: [PlannedStep], over link: HostLink
    ) async -> Result {
        var result = Result()
        let host = link.host
        let runner = StepRunner(
            tools: tools, captures: captures, orders: [order.certificateKey: order], shared: shared)
        let list = StepList(
            steps: steps.steps, runner: runner, link: link, history: history, stoppable: true, followers: followers)
        do {
            try await list.walk()
            try await tools.sink.record(.prepared(order: order.id, host: host.name))
        } catch StepList.Ending.resting {
            result.resting.insert(order.id)
        } catch StepList.Ending.stopped {
            result.stopped = true
        } catch StepList.Ending.failed(let fault) {
            result.faults.append(fault)
        } catch {
            result.faults.append(Fault.unexpected(error, on: host.name))
        }
        if result.faults.first?.kind != .state {
            if let fault = await RunFinally(steps: steps, runner: runner, link: link).run() {
                result.faults.append(fault)
            }
        }
        return result
    }
}

/// The `finally` of a procedure: tidies up, whatever happened, as long as there is an agent to do it.
struct RunFinally {
    let steps: HostSteps
    let runner: StepRunner
    let link: HostLink

    func run() async -> Fault? {
        for planned in steps.finally {
            // An agent deletes what it made when it ends: there is nothing to tidy without one, or where nothing that
            // the step names was made.
            guard await link.isJoined, await runner.isBound(planned) else { continue }
            do {
                try await runner.perform(
                    planned, link: link, unknown: false, again: false, position: (1, steps.finally.count))
            } catch let fault as Fault where fault.kind == .state {
                return fault
            } catch {
                continue
            }
        }
        return nil
    }
}

extension Fault {
    static func unexpected(_ error: any Error, on host: String?) -> Fault {
        if let fault = error as? Fault { return fault }
        if error is CancellationError {
            return Fault("run.interrupted", .interrupted, host: host, "stopped by the operator")
        }
        return Fault("run.failed", .failed, host: host, "\(error)")
    }
}
