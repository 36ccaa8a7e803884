/// What went wrong, in the form that the journal, JSON, the terminal and HTML all show.
///
/// The message is lower case without a full stop and does not repeat the host; the hint can be typed.
/// Nobody searches its text: ``code`` and ``kind`` decide.
package struct Fault: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    /// What a fault means for the run.
    package enum Kind: String, Sendable, Codable {
        /// The host cannot be reached, or does not answer as an agent.
        case unreachable
        /// The host's key or our sign-in was refused.
        case refused
        /// The line was lost in the middle: the running step is unknown.
        case lost
        /// A step, a check or an authority said no.
        case failed
        /// A guard held us back: a gate, a limit, a canary.
        case guarded
        /// The journal cannot be written; the run stops.
        case state
        /// The operator asked to stop.
        case interrupted
    }

    /// Dotted, lower case: `ssh.host-key-changed`, `agent.no-hello`, `step.not-verified`.
    package var code: String
    package var kind: Kind
    package var host: String?
    package var message: String
    package var hint: String?
    package var details: [String]

    package init(
        _ code: String, _ kind: Kind, host: String? = nil, _ message: String, hint: String? = nil,
        details: [String] = []
    ) {
        self.code = code
        self.kind = kind
        self.host = host
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// `host: message`, and the hint on a line of its own.
    package var description: String {
        (host.map { "\($0): " } ?? "") + message + (hint.map { "\n  hint: \($0)" } ?? "")
    }

    /// The same fault, said of a host.
    package func on(_ host: String) -> Fault {
        var copy = self
        copy.host = copy.host ?? host
        return copy
    }
}
