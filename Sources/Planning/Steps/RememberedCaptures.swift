import FleetModel

/// Values that earlier steps of this run brought, by certificate.
struct RememberedCaptures {
    let history: RunHistory

    init(_ history: RunHistory) { self.history = history }

    /// Whether this run has rested here, waiting for the order's answer.
    func rested(_ order: CertificateOrder, on host: String) -> Bool {
        history.outcomes.contains { key, outcome in
            key.subject == order.id && key.host == host && outcome.status == .resting
        }
    }

    /// A captured text; for a shared order whichever host brought it.
    func text(_ name: String, of order: CertificateOrder) -> String? {
        for (key, outcome) in history.outcomes where key.subject == order.id {
            guard order.sharing != .host || order.hosts.contains(key.host) else { continue }
            if let value = outcome.captures[name]?.text { return value }
        }
        return nil
    }
}
