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
            project, reason: request.command, terminal: progress.aside, surroundings: surroundings,
            observer: progress.see)
        return try await interruptible(fleet, progress) { interrupts in
            let facts = await fleet.survey(request.selection.pools)
            progress.clear()
            if let code = interrupts.exitCode {
                return await leave(fleet, code, words: "stopped before anything was changed")
            }
            let owed = try await debts(journal, of: request)
            var draft = fleet.plan(request, run: "<run>", facts: facts, owed: owed)
            if request.restart == nil { draft.owed = owed }
            if let code = allRefused(facts) { return await leave(fleet, code, words: "") }
            try check(draft, consent.digest)
            let faults = draft.pools.contains { !$0.unreachable.isEmpty || $0.blocked != nil }
            for sentence in draft.pools.compactMap(\.unmanaged) { terminal.say(sentence + "\n") }
            if draft.pools.allSatisfy(\.isUnmanaged) { return await leave(fleet, .noTarget, words: "") }
            if !draft.hasWork && !faults {
                if !owed.isEmpty { terminal.write(OwedRestarts.text(owed)) }
                let waiting = waitingWords(draft)
                return await leave(
                    fleet, waiting == nil && owed.isEmpty ? .done : .waiting, words: waiting ?? nothingDue(request))
            }
            if draft.hasWork { terminal.write(PlanBrief(style: outputStyle).text(draft)) }
            guard !draft.hasWork || consent.yes || asked(progress) else {
                return await leave(fleet, interrupts.exitCode ?? .usage, words: "nothing was changed")
            }
            progress.resume()
            let id = try await createRun(draft, request, consent, fleet, journal)
            return await carryOut(
                fleet.plan(request, run: id, facts: facts, owed: owed), id: id, history: RunHistory(), request: request,
                fleet: fleet, journal: journal, progress: progress, interrupts: interrupts, resumed: false)
        }
    }

    /// What former runs left owing on the request's hosts.
    func debts(_ journal: Journal, of request: RunRequest) async throws -> [OwedRestart] {
        try await journal.debts().owed.filter { request.selection.pools.contains($0.pool) }
    }

    // MARK: Parts

    /// What only its assignment by somebody is missing for; `nil` without such.
    private func waitingWords(_ plan: Plan) -> String? {
        var lines: [String] = []
        for pool in plan.pools {
            let waiting = pool.orders.filter(\.waitsForAssignment)
            guard let first = waiting.first else { continue }
            let hosts = waiting.flatMap(\.order.hosts).joined(separator: ", ")
            lines.append(
                "\(first.order.id) is in the store of \(hosts), and waits to be assigned\n  hint: certfleet assign \(pool.pool.name)"
            )
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func nothingDue(_ request: RunRequest) -> String {
        let pools = request.selection.pools.joined(separator: ", ")
        return request.assignsWaiting == true
            ? "nothing waits to be assigned in \(pools)"
            : "nothing is due: every certificate of \(pools) is as the inventory wants it"
    }

    func withJournal(
        _ project: Project, _ command: String, _ body: (Journal) async throws -> ExitCode
    ) async throws -> ExitCode {
        do {
            let journal = try await Journal.open(try StateLock(folder: place.statePath, command: command))
            return try await body(journal)
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }

    func interruptible(
        _ fleet: Fleet, _ progress: Progress, _ body: @escaping @Sendable (Interrupts) async throws -> ExitCode
    ) async throws -> ExitCode {
        let running = RunningTask()
        let interrupts = Interrupts(
            first: {
                fleet.stop.ask()
                // Who is asked before anything is changed need not be told that nothing will be.
                if progress.endQuestion() { return progress.aside.say("\n") }
                progress.aside.say(
                    "\nstopping: what is being switched is finished, nothing new begins; once more ends it at once\n")
            },
            second: { running.cancel() })
        defer { interrupts.stop() }
        let task = Task { try await body(interrupts) }
        running.set(task)
        do {
            return try await task.value
        } catch {
            await fleet.close()
            throw error
        }
    }

    func leave(_ fleet: Fleet, _ code: ExitCode, words: String) async -> ExitCode {
        await fleet.close()
        if !words.isEmpty { terminal.say(words + "\n") }
        return code
    }

    func pools(_ project: Project, _ request: RunRequest) -> [(name: String, hosts: [String])] {
        request.selection.pools.compactMap(project.inventory.pool).map { ($0.name, $0.hosts.map(\.name)) }
    }

    var clock: DisplayClock { DisplayClock(zone: .current) }
    private var outputStyle: TextStyle { TextStyle(coloured: terminal.isOutputTerminal && terminal.colour) }
}
