import FleetModel
import Foundation
import Journaling
import Planning
import Reporting

/// What keeps a run from beginning.
extension RunSession {
    func check(_ plan: Plan, _ digest: String?) throws {
        guard let digest, digest != PlanDigest.of(plan) else { return }
        throw Refusal(
            .stale,
            "the plan no longer fits: a certificate, a member or the inventory has changed since it was made\n  hint: look at it anew: certfleet plan"
        )
    }

    func refuseUnfinished(_ project: Project, _ request: RunRequest, _ journal: Journal) async throws {
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
    func allRefused(_ facts: [String: SurveyResult]) -> ExitCode? {
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

    func asked(_ progress: Progress) -> Bool {
        let answer = progress.aside.ask("Carry this out? Type yes: ")
        return ["yes", "y"].contains(answer?.lowercased().trimmingCharacters(in: .whitespaces))
    }

}
