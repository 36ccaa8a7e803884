/// Commands under one word: `inventory list`, `inventory lint`.
package struct CommandGroup: Sendable {
    let about: About
    let members: [CommandTree]

    /// - Parameter members: the commands and groups of this group, in the order the texts show them.
    package init(
        _ name: String, _ summary: String, discussion: String = "", hidden: Bool = false,
        @CommandTreeBuilder _ members: () -> [CommandTree]
    ) {
        about = About(name, summary, discussion: discussion, hidden: hidden)
        self.members = members()
    }
}

/// A command or a group of commands.
package enum CommandTree: Sendable {
    /// A command that runs.
    case command(any Command)
    /// A word that only leads to commands.
    case group(CommandGroup)
}

/// Writes a list of commands and groups one under the other, as in ``Program`` and ``CommandGroup``.
@resultBuilder
package enum CommandTreeBuilder {
    /// A command in the list.
    package static func buildExpression(_ command: any Command) -> [CommandTree] { [.command(command)] }
    /// A group in the list.
    package static func buildExpression(_ group: CommandGroup) -> [CommandTree] { [.group(group)] }
    /// The whole list.
    package static func buildBlock(_ parts: [CommandTree]...) -> [CommandTree] { parts.flatMap { $0 } }
}
