import FleetModel
import Foundation
import Journaling
import Planning
import Reporting
import Running

/// Going on with a run that was not finished.
extension RunSession {
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
            project, reason: "resume of \(record.id)", terminal: progress.aside, surroundings: surroundings,
            observer: progress.see)
        return try await interruptible(fleet, progress) { interrupts in
            let facts = await fleet.survey(request.selection.pools)
            if let code = interrupts.exitCode {
                progress.clear()
                return await leave(fleet, code, words: "stopped before anything was changed")
            }
            let plan = fleet.plan(
                request, run: record.id, facts: facts, history: history, owed: try await debts(journal, of: request))
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

}

/// What the journal keeps of a run beside its events.
struct KeptPlan: Codable {
    var request: RunRequest
    var plan: JSONValue
    /// Of the plan that was agreed to, and how; absent in runs of older versions.
    var digest: String?
    var consent: String?

    /// For the report: what was agreed to, and how.
    var words: String? {
        guard let consent, let digest else { return nil }
        return "\(consent); plan \(digest)"
    }
}
