package import FleetModel

/// Exit codes and states as words.
package enum ResultWords {
    package static func text(_ code: ExitCode) -> String {
        switch code {
        case .done: "all done and read back"
        case .failed: "a target failed"
        case .due: "changes are due"
        case .waiting: "waiting for an answer, an assignment, or a restart that is owed"
        case .unreachable: "some targets could not be reached"
        case .guarded: "stopped by a guard; untouched hosts remain"
        case .rolledBack: "rolled back"
        case .rollbackIncomplete: "rollback incomplete"
        case .usage: "wrong use of the command"
        case .badInput: "bad inventory or plan"
        case .noTarget: "no such target"
        case .internal: "internal error"
        case .cannotWriteState: "the state cannot be written"
        case .locked: "another certfleet works on this state"
        case .refused: "credentials or host keys refused"
        case .stale: "the plan is stale"
        case .interrupted, .terminated: "interrupted; can be resumed"
        }
    }

    package static func text(_ state: RunState) -> String {
        switch state {
        case .running: "running, or ended without a word"
        case .finished: "finished"
        case .resting: "resting: an answer is awaited"
        case .stopped: "stopped"
        case .interrupted: "interrupted"
        case .aborted: "aborted"
        }
    }

    static func text(_ need: PlannedOrder.Need) -> String {
        switch need {
        case .none: "nothing to do"
        case .assign: "to be assigned"
        case .distribute: "to be distributed and assigned"
        case .issue: "new certificate"
        case .unknown: "not known: its servers could not be looked at"
        }
    }

    static func tone(_ need: PlannedOrder.Need) -> TextStyle.Tone {
        switch need {
        case .none: .good
        case .unknown: .bad
        case .assign, .distribute, .issue: .busy
        }
    }

    static func text(_ sharing: Sharing) -> String {
        switch sharing {
        case .host: "its own key"
        case .pool: "one key for the pool"
        case .global: "one key for the deployment"
        }
    }

    static func text(_ status: StepOutcome.Status?) -> String {
        switch status {
        case .done: "done"
        case .foundDone: "found done"
        case .failed: "failed"
        case .unknown: "unknown"
        case .resting: "waiting"
        case nil: "no outcome"
        }
    }
}
