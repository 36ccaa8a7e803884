import FleetModel
import Foundation
import Journaling
import Planning
import Reporting
import Running

/// The part that new and resumed runs share: journal, engine, last words.
extension RunSession {
    func carryOut(
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
        await fleet.close()
        progress.finish()
        await Summary(terminal: terminal, clock: clock).say(id: id, outcome: outcome, journal: journal)
        return outcome.exitCode
    }

    func createRun(
        _ plan: Plan, _ request: RunRequest, _ consent: Consent, _ fleet: Fleet, _ journal: Journal
    ) async throws -> String {
        let words =
            consent.digest != nil
            ? "a saved plan was applied" : consent.yes ? "agreed to with --yes" : "agreed to at the terminal"
        let kept = KeptPlan(
            request: request, plan: PlanJSON.value(plan), digest: PlanDigest.of(plan), consent: words)
        let text = String(decoding: try JSONEncoder().encode(kept), as: UTF8.self)
        do {
            return try await journal.createRun(
                command: request.command, inventory: place.inventoryPath, plan: text,
                hosts: plan.pools.flatMap(\.pool.hosts).map(\.name), at: surroundings.now())
        } catch let error as JournalError {
            await fleet.close()
            throw Refusal(.cannotWriteState, error.fault.description)
        }
    }

}
