package import FleetModel

/// A run with work left, and the hosts that another run must leave alone until it is resumed or aborted.
package struct UnfinishedRun: Sendable, Equatable {
    package var record: RunRecord
    package var hosts: Set<String>

    package init(record: RunRecord, hosts: Set<String>) {
        self.record = record
        self.hosts = hosts
    }
}

extension RunHistory {
    /// Hosts with an intent whose work is not complete: no switch of theirs ended well, one began and did not end
    /// well, an intent is open, or an order has been prepared that was not switched.
    package var incompleteHosts: Set<String> {
        var prepared: [String: Set<String>] = [:]
        for key in outcomes.keys where key.part == .prepare && key.subject.contains("/") {
            prepared[key.host, default: []].insert(key.subject)
        }
        let openHosts = Set(open.keys.map(\.host))
        return changedHosts.filter { host in
            guard let done = switched[host], touched[host] == nil, !openHosts.contains(host) else { return true }
            return !(prepared[host] ?? []).isSubset(of: done)
        }
    }
}
