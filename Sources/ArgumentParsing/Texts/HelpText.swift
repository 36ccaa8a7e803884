extension Program {
    /// The help of a command or group, as `--help` prints it.
    ///
    /// - Parameters:
    ///   - path: the words that lead to it, without the program's name; empty for the program.
    ///   - width: columns of the terminal; what is narrower than 40 counts as 40.
    /// - Returns: nil when no command has this path.
    package func help(of path: [String] = [], width: Int = 80) -> String? {
        var node = root
        for name in path {
            guard let child = node.child(named: name) else { return nil }
            node = child
        }
        return helpText(of: node, width: width)
    }

    func helpText(of node: CommandNode, width: Int) -> String {
        HelpPage(node: node, width: max(40, width)).text
    }
}

private struct HelpPage {
    let node: CommandNode
    let width: Int

    var text: String {
        var blocks = [
            wrapped("\(node.line): \(node.about.summary)", width: width),
            ["usage: \(node.usage)"],
        ]
        blocks += paragraphs(of: node.about.discussion).map { paragraph in
            switch paragraph {
            case .prose(let text): wrapped(text, width: width)
            case .verbatim(let lines): lines.map { "  " + $0 }
            }
        }
        blocks += tables
        if !node.about.examples.isEmpty { blocks.append(["Examples:"] + node.about.examples.map { "  " + $0 }) }
        if node.isGroup {
            blocks.append(wrapped("Help on a command: \(node.line) COMMAND --help", width: width))
        }
        return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private var tables: [[String]] {
        var tables: [(heading: String, rows: [(String, String)])] = []
        let commands = node.visibleChildren.map { ($0.about.name, $0.about.summary) }
        if !commands.isEmpty { tables.append(("Commands", commands)) }
        let arguments = node.arguments.map(\.declaration).filter { !$0.isHidden }.map { ($0.label, $0.fullHelp) }
        if !arguments.isEmpty { tables.append(("Arguments", arguments)) }
        tables += node.optionSections.map { ($0.heading, $0.options.map { ($0.label, $0.fullHelp) }) }
        var general = [("-h, --help", "show this help")]
        if node.path.count == 1 { general.append(("    --version", "show the version")) }
        tables.append(("General", general))
        // One column for the whole page, so that the eye finds the explanations at one place.
        let column = min(32, 4 + (tables.flatMap(\.rows).map(\.0.count).max() ?? 0))
        return tables.map { table in ["\(table.heading):"] + table.rows.flatMap { row($0, column: column) } }
    }

    private func row(_ row: (label: String, help: String), column: Int) -> [String] {
        let label = "  " + row.label
        let lines = wrapped(row.help, width: max(20, width - column))
        let indent = String(repeating: " ", count: column)
        guard label.count + 2 <= column, let first = lines.first else { return [label] + lines.map { indent + $0 } }
        let gap = String(repeating: " ", count: column - label.count)
        return [label + gap + first] + lines.dropFirst().map { indent + $0 }
    }
}
