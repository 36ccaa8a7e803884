package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Everything a plan is made from; the same input gives the same plan.
package struct PlanningInput: Sendable {
    package var command: String
    package var run: String
    package var inventory: Inventory
    package var procedures: [Procedure]
    /// By host; a host that is not in it was not surveyed.
    package var facts: [String: SurveyResult]
    /// What this run has done already; empty for a new one.
    package var history: RunHistory
    /// By authority.
    package var chains: [String: AuthorityChain]
    package var selection: PlanSelection
    /// Replaces the inventory's lead (`--due 60d`).
    package var lead: Duration?
    /// Losses that the operator accepts by name.
    package var accepted: Set<String>
    /// Only what waits in the servers' stores is assigned; nothing is ordered.
    package var assignsWaiting: Bool
    package var now: Date
    /// The operator puts restarts off.
    package var defersRestarts = false
    /// Nothing but these restarts is to be done.
    package var restart: [OwedRestart]?
    /// Minutes after local midnight, for the windows in which services may restart.
    package var minuteOfDay = 0

    package init(
        command: String, run: String, inventory: Inventory, procedures: [Procedure], facts: [String: SurveyResult],
        history: RunHistory = RunHistory(), chains: [String: AuthorityChain] = [:], selection: PlanSelection,
        lead: Duration? = nil, accepted: Set<String> = [], assignsWaiting: Bool = false, now: Date
    ) {
        self.command = command
        self.run = run
        self.inventory = inventory
        self.procedures = procedures
        self.facts = facts
        self.history = history
        self.chains = chains
        self.selection = selection
        self.lead = lead
        self.accepted = accepted
        self.assignsWaiting = assignsWaiting
        self.now = now
    }
}

/// Which pools, and of them which orders.
package struct PlanSelection: Sendable, Equatable, Codable {
    package var pools: [String]
    /// Order ids (`pool/order`); empty for all.
    package var orders: [String]

    package init(pools: [String], orders: [String] = []) {
        self.pools = pools
        self.orders = orders
    }

    func includes(_ order: String) -> Bool { orders.isEmpty || orders.contains(order) }
}

/// An authority's certificates, read from its files, in the form in which servers are given them.
package struct AuthorityChain: Sendable, Equatable {
    /// PEM of all self-signed ones, and of all others.
    package var roots: Data
    package var intermediates: Data
    package var rootThumbprints: [String]
    package var intermediateThumbprints: [String]
    /// Common names of all that may issue; empty where they are not known.
    package var issuers: [String]

    package init(
        roots: Data, intermediates: Data, rootThumbprints: [String], intermediateThumbprints: [String],
        issuers: [String] = []
    ) {
        self.roots = roots
        self.intermediates = intermediates
        self.rootThumbprints = rootThumbprints
        self.intermediateThumbprints = intermediateThumbprints
        self.issuers = issuers
    }
}
