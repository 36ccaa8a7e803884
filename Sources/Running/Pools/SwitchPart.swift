import FleetModel

/// The switch part of a pool: gate, assign, restart, read back, probe; one member at a time.
struct SwitchPart {
    let plan: PoolPlan
    let tools: RunTools
    let history: RunHistory
    let captures: CaptureStore
    let canary: Canary

    /// True when every pass was gone through, tolerated failures included.
    func run(passes: [SwitchPass], into result: inout PoolResult) async -> Bool {
        var failures = 0
        var switched = 0
        var failed: Set<String> = []
        for pass in passes {
            let before = result.faults.count
            // A member that failed and was tolerated is left as found by the later passes, too.
            for (index, member) in pass.members.enumerated() where !failed.contains(member.host) {
                if isStopped {
                    result.stopped = true
                    return false
                }
                let fault = await self.member(member, pass: pass, afterSwitch: switched > 0)
                switched += 1
                guard let fault else { continue }
                if fault == Self.notBegun {
                    result.stopped = true
                    return false
                }
                result.faults.append(fault)
                failures += 1
                failed.insert(member.host)
                let more = index + 1 < pass.members.count || pass.orders != passes.last?.orders
                if fault.kind == .guarded || fault.kind == .state || failures > plan.pool.rollout.maxFailures {
                    result.untouched = result.untouched || more || fault.kind == .guarded
                    let stopped = Fault(
                        "pool.stopped", .guarded, "stopped after \(fault.host ?? member.host): \(fault.message)",
                        hint: "when it is mended: certfleet runs resume")
                    try? await tools.sink.record(.poolStopped(pool: plan.pool.name, stopped))
                    return false
                }
            }
            guard result.faults.count == before, !pass.readers.isEmpty else { continue }
            let late = await Readers(part: self, pass: pass).run()
            result.faults += late
            if !late.isEmpty { return false }
        }
        return true
    }

    private var isStopped: Bool { tools.stop.isAsked || Task.isCancelled }

    /// The operator asked to stop while the member waited for its turn.
    private static let notBegun = Fault("run.interrupted", .interrupted, "not begun, because the run was stopped")

    /// Switches one member; the fault when it did not come through.
    private func member(_ steps: HostSteps, pass: SwitchPass, afterSwitch: Bool) async -> Fault? {
        guard let host = plan.pool.hosts.first(where: { $0.name == steps.host }) else { return nil }
        let orders = self.orders(of: steps, in: pass)
        let runner = StepRunner(tools: tools, captures: captures, orders: orders, shared: false)
        var alone = false
        do {
            if pass.interrupts {
                alone = try await canary.enter()
                if isStopped { throw Self.notBegun }
                try await WaveGate(runner: runner, plan: plan).pass(for: steps.host, afterSwitch: afterSwitch)
            }
            if isStopped { throw Self.notBegun }
        } catch let fault as Fault where fault == Self.notBegun {
            if alone { await canary.leave(begun: false) }
            return fault
        } catch {
            if alone { await canary.leave(begun: false) }
            return Fault.unexpected(error, on: steps.host)
        }
        let ids = pass.orders.filter { id in orders.values.contains { $0.id == id } }
        let fault = await switching(steps, ids: ids, host: host, runner: runner, isRestart: pass.isRestart)
        if alone, fault == Self.notBegun {
            await canary.leave(begun: false)
        } else if alone {
            await canary.leave(failedOn: fault.map { _ in steps.host })
        }
        return fault
    }

    private func switching(
        _ steps: HostSteps, ids: [String], host: Host, runner: StepRunner, isRestart: Bool
    ) async -> Fault? {
        do {
            return try await tools.links.using(host, in: plan.pool) {
                // It may have waited for its place.
                isStopped
                    ? Self.notBegun
                    : await switching(steps, ids: ids, over: $0, runner: runner, isRestart: isRestart)
            }
        } catch {
            return Fault.unexpected(error, on: host.name)
        }
    }

    private func switching(
        _ steps: HostSteps, ids: [String], over link: HostLink, runner: StepRunner, isRestart: Bool
    ) async -> Fault? {
        let host = link.host
        let pool = plan.pool.name
        do {
            if isRestart {
                try await tools.sink.record(.restartBegan(pool: pool, host: host.name, services: steps.restarts))
            } else {
                try await tools.sink.record(.switchBegan(pool: pool, host: host.name, orders: ids))
            }
            // Before the assignment: a run that dies after it still owes the restart.
            for debt in steps.owes where debt.host == host.name { try await tools.sink.record(.restartOwed(debt)) }
            try await StepList(
                steps: steps.steps, runner: runner, link: link, history: history, stoppable: false
            ).walk()
            for id in ids {
                // What the product carries on by itself is read back afterwards, on every server.
                let evidence = await evidence(of: id, steps, runner: runner)
                if evidence.isEmpty { continue }
                try await tools.sink.record(.verified(order: id, host: host.name, evidence: evidence))
            }
            if !steps.restarts.isEmpty {
                try await tools.sink.record(.restarted(pool: pool, host: host.name, services: steps.restarts))
            }
            // After it: a restart of the other server that came before does not pay for this one.
            for debt in steps.owes where debt.host != host.name { try await tools.sink.record(.restartOwed(debt)) }
            if !isRestart {
                try await tools.sink.record(.switchEnded(pool: pool, host: host.name, orders: ids, fault: nil))
            }
            return nil
        } catch {
            var fault: Fault
            if case StepList.Ending.failed(let cause) = error {
                fault = cause
            } else {
                fault = .unexpected(error, on: host.name)
            }
            guard fault.kind != .state else { return fault }
            fault.details += await AfterFailure(steps: steps, runner: runner, link: link).details()
            if isRestart {
                try? await tools.sink.record(.hostFailed(fault.on(host.name)))
            } else {
                try? await tools.sink.record(.switchEnded(pool: pool, host: host.name, orders: ids, fault: fault))
            }
            return fault
        }
    }

    private func orders(of steps: HostSteps, in pass: SwitchPass) -> [String: CertificateOrder] {
        var orders: [String: CertificateOrder] = [:]
        for planned in plan.orders
        where pass.orders.contains(planned.order.id) && planned.order.hosts.contains(steps.host)
            && steps.steps.contains(where: { $0.scope == planned.order.certificateKey })
        {
            orders[planned.order.certificateKey] = planned.order
        }
        return orders
    }

    /// What was read back, for the report: nothing else counts as done.
    func evidence(of id: String, _ steps: HostSteps, runner: StepRunner) async -> [String] {
        var evidence: [String] = []
        for planned in steps.steps where planned.key.subject == id && !planned.step.changes {
            switch planned.step.operation {
            case .call(let template) where template.select.contains("Thumbprint"):
                let thumbprint = await runner.references(planned).lookup("thumbprint")?.text ?? ""
                evidence.append("\(template.cmdlet) shows \(thumbprint)")
            case .call: break
            case .action:
                if case .list(let seen)? = await runner.references(planned).lookup("seen") { evidence += seen }
            }
        }
        return evidence
    }
}

/// What the report says of a member that was left as found.
struct AfterFailure {
    let steps: HostSteps
    let runner: StepRunner
    let link: HostLink

    func details() async -> [String] {
        var details: [String] = []
        for planned in steps.steps where planned.step.id == "assign" {
            if let former = planned.bindings["former.thumbprint"]?.text {
                details.append("\(planned.key.subject): before this run \(former) was assigned")
                if let undo = planned.step.undo {
                    details.append("to put it back: \(CallText.text(of: undo, bindings: planned.bindings))")
                }
            }
        }
        if let services = await services() { details.append("services: \(services)") }
        return details
    }

    /// The state of the services, by the read that proves their start.
    private func services() async -> String? {
        let restarts = steps.steps.last { $0.step.scope == .member && $0.step.verify != nil }
        guard let planned = restarts, let verify = planned.step.verify, await link.isJoined else { return nil }
        guard
            let reply = try? await runner.invoke(
                verify.call, planned, suffix: "after", link: link, references: await runner.references(planned)),
            reply.succeeded
        else { return nil }
        let states = reply.output.compactMap { one -> String? in
            guard let name = one["Name"]?.text else { return nil }
            return "\(name) \(one["Status"]?.text ?? one["State"]?.text ?? "unknown")"
        }
        return states.isEmpty ? nil : states.joined(separator: ", ")
    }
}
