/// A program: its commands, and the texts that belong to no single one of them.
///
/// Everything is made from this one declaration: ``parse(_:)``, help, shell completion, manual page, reference.
package struct Program: Sendable {
    /// A section of the manual page and the reference, such as the exit codes.
    package struct Section: Sendable {
        let title: String
        let text: String

        /// - Parameter text: as ``About/discussion``.
        package init(_ title: String, _ text: String) {
            self.title = title
            self.text = text
        }
    }

    /// The commands with all their declarations, read once.
    let root: CommandNode
    /// The bare version, such as `1.4.0`.
    let version: String
    let sections: [Section]

    /// - Parameters:
    ///   - name: the name of the executable.
    ///   - version: the bare version, such as `1.4.0`; `--version` prints the name before it.
    ///   - sections: sections for the manual page and the reference.
    ///   - commands: in the order the texts show them.
    package init(
        _ name: String, _ summary: String, discussion: String = "", version: String, sections: [Section] = [],
        @CommandTreeBuilder _ commands: () -> [CommandTree]
    ) {
        let members = commands()
        root = CommandNode(About(name, summary, discussion: discussion), members: members, under: [])
        self.version = version
        self.sections = sections
    }
}

/// A command or group with its place in the tree and its parameters read out: what parsing and texts work on.
struct CommandNode: Sendable {
    let about: About
    /// All words that lead here, the program's name first.
    let path: [String]
    /// Nil for a group.
    let command: (any Command)?
    let children: [CommandNode]
    /// A command's own parameters; for a group the global ones of all commands below, each once.
    let parameters: [DeclaredParameter]
    let rules: [ParameterRule]

    init(_ about: About, members: [CommandTree], under parents: [String]) {
        self.about = about
        let here = parents + [about.name]
        path = here
        command = nil
        children = members.map { member in
            switch member {
            case .command(let command): CommandNode(command, under: here)
            case .group(let group): CommandNode(group.about, members: group.members, under: here)
            }
        }
        var seen: Set<String> = []
        parameters = children.flatMap(\.parameters).filter {
            $0.declaration.isGlobal && seen.insert($0.declaration.spelling).inserted
        }
        rules = []
    }

    init(_ command: any Command, under parents: [String]) {
        about = command.about
        path = parents + [command.about.name]
        self.command = command
        children = []
        parameters = command.declared(under: "Options")
        rules = command.allRules
    }

    var isGroup: Bool { command == nil }
    var line: String { path.joined(separator: " ") }
    var visibleChildren: [CommandNode] { children.filter { !$0.about.isHidden } }
    var arguments: [DeclaredParameter] { parameters.filter { $0.declaration.role == .argument } }
    var options: [DeclaredParameter] { parameters.filter { $0.declaration.role != .argument } }

    func child(named name: String) -> CommandNode? { children.first { $0.about.name == name } }

    /// This node and all below it, in order.
    var all: [CommandNode] { [self] + children.flatMap(\.all) }
    /// As ``all``, without hidden ones and what is under them.
    var allVisible: [CommandNode] { [self] + visibleChildren.flatMap(\.allVisible) }
}
