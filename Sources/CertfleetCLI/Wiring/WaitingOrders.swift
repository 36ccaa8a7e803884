import FleetModel
import Journaling

/// What waits on servers themselves, as the journal knows it: requests that a server handed in by itself, and
/// certificates in the store whose assignment is left to somebody.
struct WaitingOrders {
    private struct Place: Hashable, Comparable {
        var order: String
        var host: String

        static func < (one: Place, other: Place) -> Bool { (one.order, one.host) < (other.order, other.host) }
    }

    /// What the server waits for, with the run that knows.
    private var requests: [Place: String] = [:]
    private var assignments: [Place: String] = [:]
    private var later: Set<String> = []

    /// - Throws: ``Refusal`` when the journal cannot be read.
    static func read(_ records: Records, inventory: Inventory) async throws -> WaitingOrders {
        var waiting = WaitingOrders()
        guard let journal = try await records.journal() else { return waiting }
        do {
            for record in try await journal.runs().reversed() {
                waiting.later = []
                for event in try await journal.events(of: record.id) { waiting.apply(event.kind, run: record.id) }
                if !record.isUnfinished { waiting.requests = [:] }
            }
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
        // Other authorities' requests are in their own records.
        waiting.requests = waiting.requests.filter { place, _ in
            guard let pool = inventory.pool(String(place.order.prefix { $0 != "/" })),
                let order = pool.orders.first(where: { "\(pool.name)/\($0.id)" == place.order })
            else { return false }
            return inventory.authorities[order.authority]?.kind.word == .hostOnline
        }
        return waiting
    }

    private mutating func apply(_ kind: RunEvent.Kind, run: String) {
        switch kind {
        case .planned(let summary) where summary.assignsLater == true: later.insert(summary.order)
        case .resting(let order, let host, _, let text):
            requests[Place(order: order, host: host)] = "\(text) (run \(run))"
        case .issued(let order, let hosts, _, _):
            for host in hosts { requests[Place(order: order, host: host)] = nil }
        case .prepared(let order, let host) where later.contains(order):
            assignments[Place(order: order, host: host)] = run
        case .switchEnded(_, let host, let orders, nil):
            for order in orders { assignments[Place(order: order, host: host)] = nil }
        default: break
        }
    }

    var lines: [String] {
        requests.sorted { $0.key < $1.key }.map { "\($0.key.order) on \($0.key.host): \($0.value)" }
            + assignments.sorted { $0.key < $1.key }.map {
                "\($0.key.order) on \($0.key.host): in the store since run \($0.value), and waits to be assigned: "
                    + "certfleet assign \($0.key.order.prefix { $0 != "/" })"
            }
    }
}
