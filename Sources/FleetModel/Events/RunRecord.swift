#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// One line of the journal's list of runs.
package struct RunRecord: Sendable, Equatable {
    /// Sortable and short: `20261121-1043-a7f3`, the time in UTC.
    package var id: String
    package var command: String
    /// The inventory file, as it was given.
    package var inventory: String
    package var state: RunState
    package var began: Date
    /// `nil` while it runs, and after a crash.
    package var ended: Date?
    package var exitCode: ExitCode?
    package var hosts: [String]

    package init(
        id: String, command: String, inventory: String, state: RunState, began: Date, ended: Date? = nil,
        exitCode: ExitCode? = nil, hosts: [String]
    ) {
        self.id = id
        self.command = command
        self.inventory = inventory
        self.state = state
        self.began = began
        self.ended = ended
        self.exitCode = exitCode
        self.hosts = hosts
    }

    /// True while there is something to resume or to abort.
    package var isUnfinished: Bool {
        switch state {
        case .running, .resting, .stopped, .interrupted: true
        case .finished, .aborted: false
        }
    }
}
