#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Something that happened in a run. Journal, live view and reports all read these, and nothing else.
package struct RunEvent: Sendable, Codable, Equatable {
    package var time: Date
    package var kind: Kind

    package init(time: Date, kind: Kind) {
        self.time = time
        self.kind = kind
    }

    package enum Kind: Sendable, Codable, Equatable {
        case runBegan(command: String, resumed: Bool)
        case runEnded(RunState, exitCode: ExitCode)
        /// A PowerShell was started on a host, and why (`survey`, `joined again: …`, `resume`).
        case agentBegan(host: String, reason: String)
        case hostFailed(Fault)
        case surveyed(host: String)
        /// What was found and is to be done for one order of one pool: the plan, as far as the report needs it.
        case planned(PlannedOrderSummary)
        case stepBegan(StepKey, title: String, number: Int, of: Int)
        case progress(host: String, text: String)
        /// Written and committed before a changing call. `names` holds what a resumed run must know (folder names).
        case intent(StepKey, call: String, names: [String: String])
        case outcome(StepKey, StepOutcome)
        /// The order's certificate was issued, or rests.
        case issued(order: String, hosts: [String], thumbprint: String, serial: String)
        case resting(order: String, host: String, request: String, text: String)
        case prepared(order: String, host: String)
        case gate(pool: String, host: String, open: Bool, findings: [String])
        case switchBegan(pool: String, host: String, orders: [String])
        case switchEnded(pool: String, host: String, orders: [String], fault: Fault?)
        /// What was read back after the switch: `Get-CsCertificate Default`, `TLS fe01:5061`, …
        case verified(order: String, host: String, evidence: [String])
        /// Services go on with an old certificate; recorded before the assignment where the restart is put off.
        case restartOwed(OwedRestart)
        /// A restart that is no part of a switch began.
        case restartBegan(pool: String, host: String, services: [String])
        /// Services were stopped and run again, in a switch or by themselves: debts of theirs are paid.
        case restarted(pool: String, host: String, services: [String])
        case poolStopped(pool: String, Fault)
        case poolEnded(pool: String)
        case note(host: String?, text: String)
    }
}

/// How far a run has come.
package enum RunState: String, Sendable, Codable {
    case running
    case finished
    /// An order waits for an answer.
    case resting
    /// Stopped by a guard or a failure with work left; can be resumed.
    case stopped
    case interrupted
    case aborted
}

/// An order's line in the plan, small enough for the journal.
package struct PlannedOrderSummary: Sendable, Codable, Equatable {
    package var order: String
    package var pool: String
    package var hosts: [String]
    package var usages: [String]
    package var subject: String
    package var names: [OrderedName]
    package var authority: String
    package var sharing: Sharing
    package var need: PlannedOrder.Need
    package var reasons: [DueReason]
    /// Host → usage → thumbprint before the run.
    package var former: [String: [String: String]]
    /// The certificate that was found and is to be assigned or distributed.
    package var thumbprint: String?
    package var notes: [String]
    /// Set where the run leaves the assignment to somebody.
    package var assignsLater: Bool?
    /// Host → on what ground it was found; absent in records of older versions.
    package var ground: [String: SurveyedGround]?

    package init(_ planned: PlannedOrder) {
        order = planned.order.id
        pool = planned.order.pool
        hosts = planned.order.hosts
        usages = planned.order.usages
        subject = planned.order.subject.commonName
        names = planned.order.names
        authority = planned.order.authority
        sharing = planned.order.sharing
        need = planned.need
        reasons = planned.reasons
        former = planned.former
        thumbprint = planned.thumbprint
        notes = planned.notes
        assignsLater = planned.assignsLater ? true : nil
        ground = planned.ground.isEmpty ? nil : planned.ground
    }
}

/// How a step ended.
package struct StepOutcome: Sendable, Codable, Equatable {
    package enum Status: String, Sendable, Codable {
        case done
        /// Looked at after an unknown ending, and found done.
        case foundDone = "found-done"
        case failed
        /// The line was lost or the program died: nobody knows.
        case unknown
        /// Waits for an answer of the authority.
        case resting
    }

    package var status: Status
    /// Captured values that are no secrets; bytes as base64.
    package var captures: [String: JSONValue]
    package var fault: Fault?
    package var milliseconds: Int64
    /// The read that proved the step, in the words of ``CallText``; for a step that only reads, that call itself.
    package var read: String?
    /// What that read returned: the selected properties of its first results, bytes by their length. No secrets.
    package var seen: [JSONValue]?

    package init(
        _ status: Status, captures: [String: JSONValue] = [:], fault: Fault? = nil, milliseconds: Int64 = 0,
        read: String? = nil, seen: [JSONValue]? = nil
    ) {
        self.status = status
        self.captures = captures
        self.fault = fault
        self.milliseconds = milliseconds
        self.read = read
        self.seen = seen
    }
}
