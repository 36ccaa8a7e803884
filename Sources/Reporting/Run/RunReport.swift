package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What a run came to: everything that its report tells, made from its events alone.
package struct RunReport: Sendable {
    package var id: String
    package var command: String
    package var inventory: String
    package var state: RunState
    package var exitCode: ExitCode?
    package var began: Date
    package var ended: Date?
    /// Who agreed to what: the words of consent and the digest of the plan, where the run has kept them.
    package var consent: String?
    /// Restarts that the run left owing.
    package var owed: [OwedRestart] = []
    /// One per certificate, in the order in which they were planned.
    package var orders: [OrderReport] = []
    package var pools: [PoolReport] = []
    /// In the order in which they first appear.
    package var hosts: [HostReport] = []
    /// Notes that belong to no host, in order.
    package var notes: [String] = []
    package var timeline: [TimelineEntry] = []

    /// - Parameters:
    ///   - record: The run as the journal lists it.
    ///   - events: All its events, in the journal's order.
    package init(_ record: RunRecord, events: [RunEvent]) {
        id = record.id
        command = record.command
        inventory = record.inventory
        state = record.state
        exitCode = record.exitCode
        began = record.began
        ended = record.ended
        var lines = PlainLines(clock: DisplayClock(zone: .gmt), hosts: [])
        var debts = RestartDebts()
        for event in events {
            debts.apply(event.kind)
            timeline += lines.words(event.kind).map {
                TimelineEntry(time: event.time, subject: $0.subject, text: $0.text)
            }
            apply(event)
        }
        owed = debts.owed
    }

    /// Pools with an order to be done, and their members that were not switched or could not be looked at.
    package var remaining: [(pool: String, hosts: [String])] {
        guard exitCode != .done else { return [] }
        var found: [(pool: String, hosts: [String])] = []
        for order in orders where order.summary.need.isWork || order.summary.need == .unknown {
            let open = order.hosts.filter { !$0.switched }.map(\.host)
            let index = found.firstIndex { $0.pool == order.summary.pool }
            if let index {
                found[index].hosts += open.filter { !found[index].hosts.contains($0) }
            } else if !open.isEmpty {
                found.append((order.summary.pool, open))
            }
        }
        return found
    }

    /// True while `runs resume` has something to do.
    package var isUnfinished: Bool {
        RunRecord(id: id, command: command, inventory: inventory, state: state, began: began, hosts: []).isUnfinished
    }

    /// The call that would put the former certificates back on a host whose switch began and did not end well.
    ///
    /// It is the journalled call of the switch with the former thumbprint in the new one's place; one call per former
    /// thumbprint. Empty when nothing was assigned.
    package func putBack(_ host: HostReport) -> [String] {
        guard host.switchOpen else { return [] }
        let former = orders.flatMap(\.hosts).filter { $0.host == host.name && !$0.switched }
        let calls = host.steps.filter { $0.key.part == .switching }.compactMap(\.call)
        var result: [String] = []
        for entry in former {
            for call in calls {
                guard let new = Thumbprints.first(in: call, preferring: entry.new) else { continue }
                for old in Set(entry.former.values).sorted() where old != new {
                    let usages = entry.former.filter { $0.value == old }.keys.sorted()
                    guard usages.contains(where: call.contains) else { continue }
                    let text = call.replacingThumbprint(new, with: old)
                    let several = Set(entry.former.values).count > 1
                    let line = several ? "\(text)  (for \(usages.joined(separator: ", ")) only)" : text
                    if !result.contains(line) { result.append(line) }
                }
            }
        }
        return result
    }

    /// The same without the calls that a fault's details spell out already.
    func putBackUntold(_ host: HostReport) -> [String] {
        let told = host.faults.flatMap(\.details)
        return putBack(host).filter { call in !told.contains { $0.contains(call) } }
    }
}

/// One certificate: what was planned, what came of it on each host.
package struct OrderReport: Sendable {
    package struct OnHost: Sendable {
        package var host: String
        /// Usage → thumbprint before the run.
        package var former: [String: String]
        package var new: String?
        package var prepared = false
        /// Its switch was begun, in this run or in the one that was resumed.
        package var begun = false
        package var switched = false
        /// What was read back; empty until verified.
        package var evidence: [String] = []
    }

    package var summary: PlannedOrderSummary
    package var serial: String?
    /// Host → the request that waits, and what the authority said.
    package var resting: [String: String] = [:]
    package var hosts: [OnHost]
}

/// One pool of the run.
package struct PoolReport: Sendable {
    package var name: String
    package var stopped: Fault?
    package var ended = false
}

/// One host of the run.
package struct HostReport: Sendable {
    package var name: String
    package var agents: [TimelineEntry] = []
    package var steps: [StepReport] = []
    package var faults: [Fault] = []
    package var gates: [String] = []
    package var notes: [String] = []
    /// A switch began and did not end well.
    package var switchOpen = false
    /// A restart by itself began, and its end is not known.
    package var isRestarting = false
}

/// One step on one host; the last attempt counts.
package struct StepReport: Sendable {
    package var key: StepKey
    package var title: String
    package var began: Date?
    /// `nil`: begun, and nothing was heard since.
    package var status: StepOutcome.Status?
    package var milliseconds: Int64 = 0
    package var fault: Fault?
    /// The call as it was journalled before it was made; changing steps only.
    package var call: String?
    /// The read that proved the step, or that it is, and what came back.
    package var read: String?
    package var seen: [JSONValue] = []
}

/// One line of what happened when.
package struct TimelineEntry: Sendable, Equatable {
    package var time: Date
    package var subject: String?
    package var text: String
}
