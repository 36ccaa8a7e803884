import FleetModel
import Foundation
import Journaling
import Reporting

/// The last words of a run: what failed, what to do, where the report is.
struct Summary {
    let terminal: Terminal
    let clock: DisplayClock

    func say(id: String, outcome: (state: RunState, exitCode: ExitCode), journal: Journal) async {
        var told: [Fault] = []
        var later: [String] = []
        for event in (try? await journal.events(of: id)) ?? [] {
            switch event.kind {
            case .hostFailed(let fault), .poolStopped(_, let fault): if fault.kind != .lost { told.append(fault) }
            case .switchEnded(_, _, _, let fault?): told.append(fault)
            case .outcome(_, let outcome):
                if outcome.status == .failed, let fault = outcome.fault { told.append(fault) }
            case .planned(let order) where order.assignsLater == true:
                if !later.contains(order.pool) { later.append(order.pool) }
            case .runBegan: (told, later) = ([], [])
            default: break
            }
        }
        var seen: [Fault] = []
        for fault in told
        where !seen.contains(where: { $0.code == fault.code && $0.host == fault.host && $0.message == fault.message }) {
            seen.append(fault)
            terminal.say(FaultText.text(fault) + "\n")
        }
        if outcome.exitCode == .cannotWriteState {
            terminal.say(
                "the journal cannot be written, so the run was stopped\n  hint: free some space in the state folder, then run: certfleet runs resume \(id)\n"
            )
        }
        terminal.say("run \(id): \(ResultWords.text(outcome.exitCode)) (exit \(outcome.exitCode.rawValue))\n")
        var debts = RestartDebts()
        for event in (try? await journal.events(of: id)) ?? [] { debts.apply(event.kind) }
        if !debts.owed.isEmpty { terminal.say(OwedRestarts.text(debts.owed)) }
        switch outcome.state {
        case .resting: terminal.say("  when the answers are there: certfleet pending collect\n")
        case .interrupted, .stopped: terminal.say("  to go on: certfleet runs resume \(id)\n")
        case .finished where !later.isEmpty:
            terminal.say("  to assign what is in the stores now: certfleet assign \(later.joined(separator: " "))\n")
        default: break
        }
        terminal.say("  report: certfleet report \(id) --format html\n")
    }
}
