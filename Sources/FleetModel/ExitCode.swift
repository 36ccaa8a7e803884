/// How the program ends. Where several fit, the first in the order of ``precedence`` counts.
package enum ExitCode: Int32, Sendable, Codable {
    case done = 0
    case failed = 1
    case due = 2
    case waiting = 3
    case unreachable = 4
    case guarded = 5
    case rolledBack = 6
    case rollbackIncomplete = 7
    case usage = 64
    case badInput = 65
    case noTarget = 66
    case `internal` = 70
    case cannotWriteState = 73
    case locked = 75
    case refused = 77
    case stale = 78
    case interrupted = 130
    case terminated = 143

    /// The codes that a run can end with, strongest first; 73 whenever the journal fails.
    package static let precedence: [ExitCode] = [
        .cannotWriteState, .interrupted, .terminated, .rollbackIncomplete, .rolledBack, .guarded, .failed, .unreachable,
        .waiting, .due, .done,
    ]

    /// The strongest of several.
    package static func strongest(_ codes: some Sequence<ExitCode>) -> ExitCode {
        let all = Set(codes)
        return precedence.first(where: all.contains) ?? .done
    }
}
