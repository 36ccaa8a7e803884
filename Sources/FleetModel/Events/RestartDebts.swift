/// Services of a server that go on with an old certificate until somebody restarts them.
package struct OwedRestart: Sendable, Hashable, Codable {
    package var pool: String
    package var host: String
    /// Windows service names; `["*"]` for all of the product's.
    package var services: [String]
    /// For people: which certificate is waiting for it, and why it was not done at once.
    package var why: String
    /// Put off by the operator's choice; otherwise it follows from a change on another server.
    package var isDeferred: Bool

    package init(pool: String, host: String, services: [String], why: String, isDeferred: Bool) {
        self.pool = pool
        self.host = host
        self.services = services
        self.why = why
        self.isDeferred = isDeferred
    }

    /// `all services`, or their names.
    package var what: String { services == ["*"] ? "all services" : services.joined(separator: ", ") }
}

/// Restarts that are owed: the fold of the journal, over one run or over all of them.
package struct RestartDebts: Sendable, Equatable {
    /// In the order in which they were incurred.
    package private(set) var owed: [OwedRestart] = []

    package init(_ owed: [OwedRestart] = []) { self.owed = owed }

    /// Takes in the next event; only debts and restarts matter.
    package mutating func apply(_ kind: RunEvent.Kind) {
        switch kind {
        case .restartOwed(let debt):
            if !owed.contains(debt) { owed.append(debt) }
        case .restarted(_, let host, let services):
            pay(host, services)
        default: break
        }
    }

    /// A restart of all services pays every debt of a server, one of some services what it names of the others.
    private mutating func pay(_ host: String, _ services: [String]) {
        if services.contains("*") {
            owed.removeAll { $0.host == host }
            return
        }
        for index in owed.indices where owed[index].host == host {
            owed[index].services.removeAll(where: services.contains)
        }
        owed.removeAll { $0.services.isEmpty }
    }

    /// What must restart on a server, each service once; `["*"]` swallows the rest.
    package static func services(_ debts: some Sequence<OwedRestart>, on host: String) -> [String] {
        var services: [String] = []
        for debt in debts where debt.host == host {
            for service in debt.services where !services.contains(service) { services.append(service) }
        }
        return services.contains("*") ? ["*"] : services
    }
}
