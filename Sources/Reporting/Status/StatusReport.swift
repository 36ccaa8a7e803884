package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What is assigned where, until when, and whether it is due.
package struct StatusReport: Sendable {
    /// One usage of one order on one host.
    package struct Row: Sendable, Equatable {
        package var pool: String
        package var host: String
        package var order: String
        package var usage: String
        /// `nil`: nothing is assigned.
        package var thumbprint: String?
        /// `nil`: the assigned certificate is not in the store.
        package var notAfter: Date?
        package var need: PlannedOrder.Need
        package var reasons: [DueReason]
        /// The certificate is in the store, and only its assignment by somebody is missing.
        package var waitsForAssignment = false
    }

    /// A pool with its rows and whatever kept us from looking.
    package struct PoolStatus: Sendable {
        package var name: String
        package var rows: [Row]
        package var faults: [Fault]
        /// Why some or all of its orders are left to hands.
        package var unmanaged: String?
        /// Sentences about assigned certificates that another authority issued.
        package var otherIssuers: [String] = []
        /// What endangers the certificates of its servers.
        package var trust: [TrustFinding] = []
    }

    package var now: Date
    package var pools: [PoolStatus]
    /// Restarts that former runs left owing.
    package var owed: [OwedRestart] = []

    /// - Parameters:
    ///   - pools: The planner's findings; nothing of what they plan is shown, only what is due and why.
    ///   - facts: Host → what the survey found.
    package init(pools: [PoolPlan], facts: [String: HostFacts], now: Date) {
        self.now = now
        self.pools = pools.map { plan in
            let faults = plan.unreachable.sorted { $0.key < $1.key }.map { $1.on($0) }
            let rows = plan.orders.flatMap { order in
                // Where nothing was looked at, nothing can be said.
                order.order.hosts.filter { plan.unreachable[$0] == nil && (order.isManaged || facts[$0] != nil) }
                    .flatMap { Self.rows(order, host: $0, facts: facts[$0]) }
            }
            let places = Dictionary(
                plan.pool.hosts.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
            let sorted = rows.enumerated().sorted {
                (places[$0.element.host] ?? .max, $0.offset) < (places[$1.element.host] ?? .max, $1.offset)
            }
            return PoolStatus(
                name: plan.pool.name, rows: sorted.map(\.element), faults: faults + (plan.blocked.map { [$0] } ?? []),
                unmanaged: plan.unmanaged, otherIssuers: plan.orders.flatMap(\.otherIssuers), trust: plan.trust)
        }
    }

    /// True when anything needs a run.
    package var isDue: Bool { pools.contains { $0.rows.contains { $0.need.isWork } } }

    private static func rows(_ planned: PlannedOrder, host: String, facts: HostFacts?) -> [Row] {
        planned.order.usages.map { usage in
            let thumbprint = facts?.assigned[usage] ?? planned.former[host]?[usage]
            return Row(
                pool: planned.order.pool, host: host, order: planned.order.id, usage: usage, thumbprint: thumbprint,
                notAfter: thumbprint.flatMap { facts?.certificate($0)?.notAfter }, need: planned.need,
                reasons: planned.reasons, waitsForAssignment: planned.waitsForAssignment)
        }
    }
}
