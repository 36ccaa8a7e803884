package import FleetModel

/// Why the state folder or the journal in it cannot be used.
package struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Open: more can come.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Somebody else writes to this state folder.
        package static let locked = Code(rawValue: "state.locked")
        /// The state folder or the lock file in it cannot be made.
        package static let noFolder = Code(rawValue: "state.not-writable")
        /// Disk full, read-only, damaged: what was to be recorded is not on disk.
        package static let notWritten = Code(rawValue: "journal.not-written")
        package static let notRead = Code(rawValue: "journal.not-read")
        /// Made by a later version of this program.
        package static let newer = Code(rawValue: "journal.newer")
        /// A record is missing, or does not say what this version understands.
        package static let unreadable = Code(rawValue: "journal.unreadable")
        package static let unknownRun = Code(rawValue: "journal.unknown-run")
    }

    package var code: Code
    package var message: String
    package var hint: String?
    /// `errno` or SQLite's extended result code.
    package var number: Int32?

    package init(_ code: Code, _ message: String, hint: String? = nil, number: Int32? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.number = number
    }

    package var description: String { fault.description }

    /// The form that every other room understands; always of kind `state`.
    package var fault: Fault { Fault(code.rawValue, .state, message, hint: hint) }

    /// How a command ends on it: 75 when locked, 66 for a run that is not there, else 73.
    package var exitCode: ExitCode {
        switch code {
        case .locked: .locked
        case .unknownRun: .noTarget
        default: .cannotWriteState
        }
    }
}
