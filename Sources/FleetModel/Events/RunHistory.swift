/// What is known of a run from its events: the fold of the journal, for resuming and for reports.
package struct RunHistory: Sendable, Equatable {
    /// The last outcome of each step.
    package private(set) var outcomes: [StepKey: StepOutcome] = [:]
    /// Intents without an outcome, or with an unknown one; with the names that were journalled.
    package private(set) var open: [StepKey: [String: String]] = [:]
    /// Hosts whose switch began, with its orders, and did not end well.
    package private(set) var touched: [String: Set<String>] = [:]
    /// Hosts whose switch ended well, with its orders.
    package private(set) var switched: [String: Set<String>] = [:]
    /// Hosts with at least one intent.
    package private(set) var changedHosts: Set<String> = []
    /// Hosts whose services were stopped to be restarted by themselves, and do not all run again.
    package private(set) var restarting: Set<String> = []
    /// Restarts that this run owes.
    package private(set) var debts = RestartDebts()
    package private(set) var command = ""
    package private(set) var state: RunState = .running

    package init() {}

    package init(_ events: some Sequence<RunEvent>) {
        for event in events { apply(event) }
    }

    /// Takes in the next event.
    package mutating func apply(_ event: RunEvent) {
        debts.apply(event.kind)
        switch event.kind {
        case .runBegan(let name, let resumed):
            if !resumed { command = name }
            state = .running
        case .runEnded(let ended, _):
            state = ended
        case .intent(let key, _, let names):
            open[key] = names
            changedHosts.insert(key.host)
        case .outcome(let key, let outcome):
            if outcome.status == .unknown {
                open[key] = open[key] ?? [:]
            } else {
                open[key] = nil
                outcomes[key] = outcome
            }
        case .switchBegan(_, let host, let orders):
            touched[host, default: []].formUnion(orders)
        case .switchEnded(_, let host, let orders, let fault):
            if fault == nil {
                touched[host]?.subtract(orders)
                if touched[host]?.isEmpty == true { touched[host] = nil }
                switched[host, default: []].formUnion(orders)
            }
        case .restartBegan(_, let host, _):
            restarting.insert(host)
        case .restarted(_, let host, _):
            if restarting.remove(host) != nil { switched[host, default: []].formUnion([]) }
        default:
            break
        }
    }

    /// True when the step was carried out, or found done, in this run.
    package func isDone(_ key: StepKey) -> Bool {
        switch outcomes[key]?.status {
        case .done, .foundDone: open[key] == nil
        default: false
        }
    }
}
