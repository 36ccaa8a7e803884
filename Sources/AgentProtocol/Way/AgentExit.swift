/// The exit codes of bootstrap and agent. A hint for people only: sshd reports the shell's code, and 0 after a kill.
package enum AgentExit: Int32, Sendable, CaseIterable {
    case bye = 0
    case scriptDoesNotParse = 1
    case lengthNotANumber = 90
    case inputEndedWithinScript = 91
    case agentReturned = 92
    case stuckCall = 93
    case inputEnded = 94
    case silence = 95
    case outputBroken = 96

    /// What happened, as a part of a sentence.
    package var meaning: String {
        switch self {
        case .bye: "ended in order"
        case .scriptDoesNotParse: "the script did not parse or did not run"
        case .lengthNotANumber: "the first line that arrived was no number"
        case .inputEndedWithinScript: "the input ended within the script"
        case .agentReturned: "the agent returned without a farewell"
        case .stuckCall: "a call did not stop"
        case .inputEnded: "its input ended"
        case .silence: "it heard nothing from us for too long"
        case .outputBroken: "its output was broken"
        }
    }
}
