import FleetModel
import Foundation
import Journaling
import Planning
import Reporting
import Running

/// One changing command from beginning to end: lock, survey, plan, question, run, summary.
struct RunSession {
    let place: ProjectPlace
    let terminal: Terminal
    let surroundings: Surroundings

    /// What the operator said on the command line.
    struct Consent {
        var yes: Bool
        /// For `apply`: the digest that the plan must have.
        var digest: String?
    }

    /// Starts a new run.
    func begin(_ request: (Project) throws -> RunRequest, consent: Consent) async throws -> ExitCode {
        let project = try Project.load(place)
        let request = try request(project)
        guard consent.yes || terminal.isInteractive else {
            throw Refusal(
                .usage,
                "certfleet \(request.command) asks before it changes anything, and there is no terminal to ask on\n  hint: add --yes"
            )
        }
        return try await withJournal(project, request.command) { journal in
            try await refuseUnfinished(project, request, journal)
            return try await attempt(project, request, consent, journal)
        }
    }

    private func attempt(
        _ project: Project, _ request: RunRequest, _ consent: Consent, _ journal: Journal
    ) async throws -> ExitCode {
        let pools = pools(project, request)
        let progress = Progress(command: request.command, pools: pools, terminal: terminal)
        let fleet = try Fleet(
            project, reason: request.command, terminal: terminal, surroundings: surroundings,
            observer: progress.see)
        return try await interruptible(fleet) { interrupts in
            let facts = await fleet.survey(request.selection.pools)
            progress.clear()
            if let code = interrupts.exitCode {
                return await leave(fleet, code, words: "stopped before anything was changed")
            }
            let draft = fleet.plan(request, run: "<run>", facts: facts)
            if let code = allRefused(facts) { return await leave(fleet, code, words: "") }
            try check(draft, consent.digest)
            let faults = draft.pools.contains { !$0.unreachable.isEmpty || $0.blocked != nil }
            if !draft.hasWork && !faults {
                return await leave(
                    fleet, .done,
                    words:
                        "nothing is due: every certificate of \(request.selection.pools.joined(separator: ", ")) is as the inventory wants it"
                )
            }
            if draft.hasWork { terminal.write(PlanBrief(style: outputStyle).text(draft)) }
            guard !draft.hasWork || consent.yes || asked() else {
                return await leave(fleet, .usage, words: "nothing was changed")
            }
            progress.resume()
            let id = try await createRun(draft, request, fleet, journal)
            return await carryOut(
                fleet.plan(request, run: id, facts: facts), id: id, history: RunHistory(), request: request,
                fleet: fleet, journal: journal, progress: progress, interrupts: interrupts, resumed: false)
        }
    }

    // MARK: Resuming

    /// Goes on with a run that was not finished; none named: the last unfinished.
    func resume(_ named: String?) async throws -> ExitCode {
        let project = try Project.load(place)
        return try await withJournal(project, "runs resume") { journal in
            guard let record = try await unfinished(named, journal) else {
                terminal.say("no run is unfinished\n")
                return .done
            }
            return try await resume(record, project, journal)
        }
    }

    func resume(_ record: RunRecord, _ project: Project, _ journal: Journal) async throws -> ExitCode {
        let text = try await journal.plan(of: record.id)
        guard let kept = try? JSONDecoder().decode(KeptPlan.self, from: Data(text.utf8)) else {
            throw Refusal(.badInput, "the plan of run \(record.id) cannot be read: it was made by another version")
        }
        let history = RunHistory(try await journal.events(of: record.id))
        let request = kept.request
        let progress = Progress(
            command: "\(request.command) (\(record.id), resumed)", pools: pools(project, request), terminal: terminal)
        let fleet = try Fleet(
            project, reason: "resume of \(record.id)", terminal: terminal, surroundings: surroundings,
            observer: progress.see)
        return try await interruptible(fleet) { interrupts in
            let facts = await fleet.survey(request.selection.pools)
            if let code = interrupts.exitCode {
                progress.clear()
                return await leave(fleet, code, words: "stopped before anything was changed")
            }
            let plan = fleet.plan(request, run: record.id, facts: facts, history: history)
            return await carryOut(
                plan, id: record.id, history: history, request: request, fleet: fleet, journal: journal,
                progress: progress, interrupts: interrupts, resumed: true)
        }
    }

    private func unfinished(_ named: String?, _ journal: Journal) async throws -> RunRecord? {
        guard let named else { return try await journal.lastUnfinished() }
        let record = try await journal.run(named)
        guard record.isUnfinished else {
            throw Refusal(.noTarget, "run \(named) is \(ResultWords.text(record.state)); there is nothing to resume")
        }
        return record
    }

    // MARK: Carrying out

    private func carryOut(
        _ plan: Plan, id: String, history: RunHistory, request: RunRequest, fleet: Fleet, journal: Journal,
        progress: Progress, interrupts: Interrupts, resumed: Bool
    ) async -> ExitCode {
        var outcome: (state: RunState, exitCode: ExitCode)
        do {
            let shown = RunJournal(journal, run: id, now: surroundings.now, observer: progress.see)
            let silent = RunJournal(journal, run: id, now: surroundings.now)
            try await silent.record(.runBegan(command: request.command, resumed: resumed))
            try await fleet.relay.attach(surroundings.journal(shown), replay: silent)
            try await Settling(history: history, plan: plan).record(to: fleet.relay)
            outcome = await fleet.run(plan, id: id, history: history)
        } catch {
            outcome = (.stopped, .cannotWriteState)
        }
        if let code = interrupts.exitCode, outcome.exitCode == .interrupted { outcome.exitCode = code }
        await fleet.links.closeAll()
        progress.finish()
        await Summary(terminal: terminal, clock: clock).say(id: id, outcome: outcome, journal: journal)
        return outcome.exitCode
    }

    private func createRun(_ plan: Plan, _ request: RunRequest, _ fleet: Fleet, _ journal: Journal) async throws
        -> String
    {
        let kept = KeptPlan(request: request, plan: PlanJSON.value(plan))
        let text = String(decoding: try JSONEncoder().encode(kept), as: UTF8.self)
        do {
            return try await journal.createRun(
                command: request.command, inventory: place.inventoryPath, plan: text,
                hosts: plan.pools.flatMap(\.pool.hosts).map(\.name), at: surroundings.now())
        } catch let error as JournalError {
            await fleet.links.closeAll()
            throw Refusal(.cannotWriteState, error.fault.description)
        }
    }

    // MARK: Guards

    private func check(_ plan: Plan, _ digest: String?) throws {
        guard let digest, digest != PlanDigest.of(plan) else { return }
        throw Refusal(
            .stale,
            "the plan no longer fits: a certificate, a member or the inventory has changed since it was made\n  hint: look at it anew: certfleet plan"
        )
    }

    private func refuseUnfinished(_ project: Project, _ request: RunRequest, _ journal: Journal) async throws {
        let mine = Set(request.selection.pools.compactMap(project.inventory.pool).flatMap { $0.hosts.map(\.name) })
        for run in try await journal.unfinishedRuns() where !run.hosts.isDisjoint(with: mine) {
            let hosts = run.hosts.intersection(mine).sorted().joined(separator: ", ")
            throw Refusal(
                .guarded,
                "run \(run.record.id) (\(run.record.command)) is not finished on \(hosts)\n  hint: certfleet runs resume \(run.record.id), or give it up: certfleet runs abort \(run.record.id)"
            )
        }
    }

    /// 77 only when every target refuses us.
    private func allRefused(_ facts: [String: SurveyResult]) -> ExitCode? {
        let faults = facts.values.compactMap { result -> Fault? in
            if case .failed(let fault) = result { fault } else { nil }
        }
        guard !faults.isEmpty, faults.count == facts.count, faults.allSatisfy({ $0.kind == .refused }) else {
            return nil
        }
        for fault in faults.sorted(by: { ($0.host ?? "") < ($1.host ?? "") }) {
            terminal.say(FaultText.text(fault) + "\n")
        }
        return .refused
    }

    private func asked() -> Bool {
        let answer = terminal.ask("Carry this out? Type yes: ")
        return ["yes", "y"].contains(answer?.lowercased().trimmingCharacters(in: .whitespaces))
    }

    // MARK: Parts

    private func withJournal(
        _ project: Project, _ command: String, _ body: (Journal) async throws -> ExitCode
    ) async throws -> ExitCode {
        do {
            let journal = try await Journal.open(try StateLock(folder: place.statePath, command: command))
            return try await body(journal)
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }

    private func interruptible(
        _ fleet: Fleet, _ body: @escaping @Sendable (Interrupts) async throws -> ExitCode
    ) async throws -> ExitCode {
        let running = RunningTask()
        let interrupts = Interrupts(
            first: { [terminal] in
                fleet.stop.ask()
                terminal.say(
                    "\nstopping: what is being switched is finished, nothing new begins; once more ends it at once\n")
            },
            second: { running.cancel() })
        defer { interrupts.stop() }
        let task = Task { try await body(interrupts) }
        running.set(task)
        do {
            return try await task.value
        } catch {
            await fleet.links.closeAll()
            throw error
        }
    }

    private func leave(_ fleet: Fleet, _ code: ExitCode, words: String) async -> ExitCode {
        await fleet.links.closeAll()
        if !words.isEmpty { terminal.say(words + "\n") }
        return code
    }

    private func pools(_ project: Project, _ request: RunRequest) -> [(name: String, hosts: [String])] {
        request.selection.pools.compactMap(project.inventory.pool).map { ($0.name, $0.hosts.map(\.name)) }
    }

    private var clock: DisplayClock { DisplayClock(zone: .current) }
    private var outputStyle: TextStyle { TextStyle(coloured: terminal.isOutputTerminal && terminal.colour) }
}

/// What the journal keeps of a run beside its events.
struct KeptPlan: Codable {
    var request: RunRequest
    var plan: JSONValue
}
