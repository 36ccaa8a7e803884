extension Program {
    /// The command reference in Markdown: every visible command with its usage, parameters and examples.
    package func commandReference() -> String {
        var blocks = ["# \(root.about.name) command reference", markdown(root.about.summary).capitalizedFirst + "."]
        blocks += markdownParagraphs(root.about.discussion)
        let commands = root.allVisible.filter { !$0.isGroup }
        blocks.append(
            table(
                ("command", "what it does"),
                commands.map { node in ("[`\(words(of: node))`](#\(anchor(of: node)))", markdown(node.about.summary)) })
        )
        let globals = root.optionSections.flatMap(\.options)
        if !globals.isEmpty {
            blocks += [
                "## Global options",
                "They stand before or after the name of a command that takes them.",
                table(of: globals),
            ]
        }
        for node in commands { blocks += section(of: node) }
        for section in sections { blocks += ["## \(section.title)"] + markdownParagraphs(section.text) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func section(of node: CommandNode) -> [String] {
        var blocks = ["## \(words(of: node))", markdown(node.about.summary).capitalizedFirst + "."]
        blocks.append("    \(node.usage)")
        blocks += markdownParagraphs(node.about.discussion)
        let shown = node.parameters.map(\.declaration).filter { !$0.isHidden }
        let own = shown.filter { !$0.isGlobal }
        if !own.isEmpty { blocks.append(table(of: own)) }
        let globals = shown.filter(\.isGlobal)
        if !globals.isEmpty {
            let names = globals.map { "`\($0.spelling)`" }.joined(separator: ", ")
            blocks.append("Takes the [global options](#global-options) \(names).")
        }
        if !node.about.examples.isEmpty {
            blocks.append("Examples:")
            blocks.append(node.about.examples.map { "    " + $0 }.joined(separator: "\n"))
        }
        return blocks
    }

    private func words(of node: CommandNode) -> String { node.path.dropFirst().joined(separator: " ") }

    /// As the usual renderers make it of the heading.
    private func anchor(of node: CommandNode) -> String { node.path.dropFirst().joined(separator: "-").lowercased() }
}

private func table(of parameters: [ParameterDeclaration]) -> String {
    table(
        ("parameter", "meaning"),
        parameters.map { parameter in
            let label = parameter.label.drop { $0 == " " }
            // In a table even a code span must not hold a bare bar.
            return ("`\(label.replacing("|", with: "\\|"))`", markdown(parameter.fullHelp))
        })
}

private func table(_ head: (String, String), _ rows: [(String, String)]) -> String {
    (["| \(head.0) | \(head.1) |", "| --- | --- |"] + rows.map { "| \($0.0) | \($0.1) |" }).joined(separator: "\n")
}

private func markdownParagraphs(_ text: String) -> [String] {
    paragraphs(of: text).map { paragraph in
        switch paragraph {
        case .prose(let text): wrapped(markdown(text), width: 120).joined(separator: "\n")
        case .verbatim(let lines): lines.map { "    " + $0 }.joined(separator: "\n")
        }
    }
}

/// Plain text as Markdown: signs that would be markup are escaped.
private func markdown(_ text: String) -> String {
    text.map { "\\`*_<>[]|#".contains($0) ? "\\\($0)" : String($0) }.joined()
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
