import FleetModel

/// Walks the steps of one host in their order; the same walk serves a first run, a joined line and a resumed run.
///
/// A changing step that this run has done is not done again. One whose outcome is unknown is looked at first. What went
/// with a former agent is made anew only when a later step still needs it.
struct StepList {
    /// Why the walk ended early.
    enum Ending: Error {
        case resting
        case stopped
        case failed(Fault)
    }

    let steps: [PlannedStep]
    let runner: StepRunner
    let link: HostLink
    let history: RunHistory
    /// May the walk be left between two steps when the operator asks? Not in the middle of a switch.
    let stoppable: Bool
    /// Steps of other hosts that wait for what this list captures: the copies of a shared key.
    var followers: [PlannedStep] = []

    /// - Throws: ``Ending``.
    func walk() async throws {
        var done: [StepKey: Int] = [:]
        var open = Set(history.open.keys)
        var joins = 1
        var index = 0
        while index < steps.count {
            let planned = steps[index]
            if try await isSatisfied(planned, at: index, done: done, open: open) {
                index += 1
                continue
            }
            if stoppable, runner.tools.stop.isAsked { throw Ending.stopped }
            do {
                let again = open.contains(planned.key) || history.outcomes[planned.key]?.status == .failed
                try await runner.perform(
                    planned, link: link, unknown: open.contains(planned.key), again: again,
                    position: (index + 1, steps.count))
                done[planned.key] = await link.epoch
                open.remove(planned.key)
                index += 1
            } catch let fault as Fault where fault.kind == .lost && joins > 0 && !Task.isCancelled {
                joins -= 1
                if planned.step.changes { open.insert(planned.key) }
                try await runner.tools.sink.record(.hostFailed(fault.on(link.host.name)))
                try await rejoin()
                index = 0
            } catch let fault as Fault {
                throw Ending.failed(ended(fault, during: planned))
            }
        }
    }

    /// What a call says when the operator stopped it in the middle is not the host's fault.
    private func ended(_ fault: Fault, during planned: PlannedStep) -> Fault {
        guard Task.isCancelled, fault.kind != .state else { return fault.on(link.host.name) }
        return Fault(
            "run.interrupted", .interrupted, host: link.host.name, "stopped by the operator during \(planned.key.step)",
            hint: "certfleet runs resume")
    }

    /// Joins the host again; what steps of the former agent's session yielded is gone with it.
    private func rejoin() async throws {
        for planned in steps where planned.step.scope == .session {
            await runner.forget(planned)
        }
        do {
            try await link.ensure()
        } catch let fault as Fault {
            throw Ending.failed(fault.on(link.host.name))
        }
    }

    private func isSatisfied(
        _ planned: PlannedStep, at index: Int, done: [StepKey: Int], open: Set<StepKey>
    ) async throws -> Bool {
        let key = planned.key
        if planned.step.scope == .session {
            if let epoch = done[key], await epoch == link.epoch { return true }
            return !isNeeded(after: index, done: done, open: open) && !isAwaited(planned)
        }
        if done[key] != nil { return true }
        guard planned.step.changes, !open.contains(key), history.isDone(key) else { return false }
        await runner.recall(planned, outcome: history.outcomes[key])
        return true
    }

    /// Does a later step that lasts still have to be done?
    private func isNeeded(after index: Int, done: [StepKey: Int], open: Set<StepKey>) -> Bool {
        steps[(index + 1)...].contains { later in
            guard later.step.scope != .session, done[later.key] == nil else { return false }
            // A read proves; only what changes something needs the folder or the exported key.
            return later.step.changes && (open.contains(later.key) || !history.isDone(later.key))
        }
    }

    /// Does a step of another host still have to be done that refers to what this one captures?
    private func isAwaited(_ planned: PlannedStep) -> Bool {
        followers.contains { later in
            guard later.step.changes, history.open[later.key] != nil || !history.isDone(later.key) else { return false }
            return planned.step.allCaptures.contains(where: later.step.refers)
        }
    }
}
