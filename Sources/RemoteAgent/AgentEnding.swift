/// How a conversation ended (rule T8). After anything but `clean` a call that ran is unknown.
package enum AgentEnding: String, Sendable {
    /// `bye` was seen.
    case clean
    /// There was no greeting, or the greeting was no good.
    case refused
    /// Output ended without `bye`.
    case crashed
    /// The line broke, fell silent or made no sense.
    case lost
    /// A call did not stop and took the process with it.
    case stuck
    /// We gave up on it.
    case killed
}
