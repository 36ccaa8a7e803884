package import FleetModel

/// A run as timestamped lines, for pipes and logs:
///
///     12:03:04 fe02     prepare 3/9  request: key and request made on the server
///
/// A fault that several events carry is told in full once.
package struct PlainLines: Sendable {
    private let clock: DisplayClock
    private let width: Int
    private var told: [String: Fault] = [:]
    /// Hosts that restart by themselves; the restart of a switch is told by its steps.
    private var restarting: Set<String> = []

    /// - Parameter hosts: Names of the hosts and pools to come, for the width of their column.
    package init(clock: DisplayClock, hosts: [String]) {
        self.clock = clock
        width = min(24, hosts.map(\.count).max() ?? 8)
    }

    /// No line, one, or several when there are details and a hint.
    package mutating func lines(for event: RunEvent) -> [String] {
        let stamp = clock.time(event.time)
        return words(event.kind).map { subject, text in
            let column = (subject ?? "").cleaned.padded(width)
            return "\(stamp) \(column)  \(text.cleaned)"
        }
    }

    typealias Line = (subject: String?, text: String)

    /// What is worth a line, and of whom: a host, a pool, or nobody in particular.
    mutating func words(_ kind: RunEvent.Kind) -> [Line] {
        switch kind {
        case .runBegan(let command, let resumed):
            return [(nil, "\(command): \(resumed ? "resumed" : "began")")]
        case .runEnded(let state, let code):
            return [(nil, "\(ResultWords.text(state)): \(ResultWords.text(code)) (exit \(code.rawValue))")]
        case .agentBegan(let host, let reason):
            return [(host, "agent started: \(reason)")]
        case .hostFailed(let fault):
            return tell(fault, of: fault.host, "failed")
        case .surveyed(let host):
            return [(host, "surveyed")]
        case .planned(let summary):
            return [(summary.pool, EventWords.planned(summary))]
        case .stepBegan(let key, let title, let number, let total):
            guard key.part != .survey, key.part != .gate else { return [] }
            return [(key.host, "\(EventWords.step(key, number, total))  \(EventWords.name(key)): \(title)")]
        case .progress(let host, let text):
            return [(host, text)]
        case .intent, .prepared:
            return []
        case .outcome(let key, let outcome):
            return words(key, outcome)
        default:
            return later(kind)
        }
    }

    private mutating func later(_ kind: RunEvent.Kind) -> [Line] {
        switch kind {
        case .issued(let order, let hosts, let thumbprint, let serial):
            return [(hosts.first, "\(order): issued \(thumbprint), serial \(serial)")]
        case .resting(let order, let host, let request, let text):
            return [(host, "\(order): waits for an answer to request \(request)" + (text.isEmpty ? "" : ": \(text)"))]
        case .gate(let pool, let host, let open, let findings):
            let what = open ? "gate open" : "gate closed"
            return [(host, "\(what) (\(pool))" + (open ? "" : ": " + findings.joined(separator: "; ")))]
        case .switchBegan(_, let host, let orders):
            return [(host, "switch begins: \(orders.joined(separator: ", "))")]
        case .switchEnded(_, let host, let orders, let fault):
            guard let fault else { return [(host, "switched: \(orders.joined(separator: ", "))")] }
            return tell(fault, of: host, "switch failed")
        case .verified(let order, let host, let evidence):
            return [(host, "\(order): verified by \(evidence.joined(separator: "; "))")]
        case .restartOwed(let debt):
            return [(debt.host, "a restart is owed: \(debt.what) (\(debt.why))")]
        case .restartBegan(_, let host, let services):
            restarting.insert(host)
            return [(host, "restart begins: \(services == ["*"] ? "all services" : services.joined(separator: ", "))")]
        case .restarted(_, let host, let services):
            guard restarting.remove(host) != nil else { return [] }
            return [(host, "restarted: \(services == ["*"] ? "all services" : services.joined(separator: ", "))")]
        case .poolStopped(let pool, let fault):
            return tell(fault, of: pool, "pool stopped")
        case .poolEnded(let pool):
            return [(pool, "pool done")]
        case .note(let host, let text):
            return [(host, "note: \(text)")]
        default:
            return []
        }
    }

    private mutating func words(_ key: StepKey, _ outcome: StepOutcome) -> [Line] {
        let step = "\(key.part.rawValue) \(EventWords.name(key))"
        switch outcome.status {
        case .done: return []
        case .foundDone: return [(key.host, "\(step): looked at, and found done")]
        case .resting: return [(key.host, "\(step): waits for an answer")]
        case .unknown: return [(key.host, "\(step): outcome unknown, to be looked at")]
        case .failed:
            guard let fault = outcome.fault else { return [(key.host, "\(step): failed")] }
            return tell(fault, of: key.host, "\(step) failed")
        }
    }

    private mutating func tell(_ fault: Fault, of subject: String?, _ what: String) -> [Line] {
        let known = subject ?? ""
        // Other hosts' faults keep their host: a pool stops because of one of its members.
        let owner = fault.host.flatMap { $0 == subject ? nil : "\($0): " } ?? ""
        let first: Line = (subject, "\(what): \(owner)\(fault.message) [\(fault.code)]")
        let before = [told[known], fault.host.flatMap { told[$0] }].compactMap { $0 }.filter {
            FaultText.same($0, fault)
        }
        told[known] = fault
        var more = fault
        more.details.removeAll { detail in before.contains { $0.details.contains(detail) } }
        if !before.isEmpty { more.hint = nil }
        return [first] + FaultText.more(more, indent: "  ").map { (subject, $0) }
    }
}
