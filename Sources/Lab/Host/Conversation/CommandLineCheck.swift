import AgentProtocol

/// What a Windows server would do with the command line that sshd hands over.
enum CommandLineCheck {
    struct Refusal: Error, Equatable {
        var text: String
    }

    /// Only the protocol's own command line starts the agent; anything else meets cmd.exe.
    static func check(_ command: String?) throws(Refusal) {
        guard command != Bootstrap.commandLine else { return }
        let word = command?.split(separator: " ").first.map(String.init) ?? ""
        throw Refusal(
            text: "'\(word)' is not recognized as an internal or external command,\r\n"
                + "operable program or batch file.\r\n")
    }
}
