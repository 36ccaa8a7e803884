extension Program {
    /// The manual page of the whole program in roff with the `man` macros, section 1.
    ///
    /// - Parameter date: as it shall stand in the footer, such as `2026-05-01`; given, so that the page is the same at
    ///   every build.
    package func manPage(date: String) -> String {
        let name = root.about.name
        var page = [
            ".TH \(macroArgument(name.uppercased())) 1 \"\(date)\" \(macroArgument("\(name) \(version)"))",
            ".SH NAME", roff("\(name) - \(root.about.summary)"),
            ".SH SYNOPSIS", ".B \(roff(root.usage))",
        ]
        if !root.about.discussion.isEmpty { page += [".SH DESCRIPTION"] + roffParagraphs(root.about.discussion) }
        page.append(".SH COMMANDS")
        for node in root.allVisible where !node.isGroup { page += entry(of: node) }
        page.append(".SH GLOBAL OPTIONS")
        page += root.optionSections.flatMap(\.options).flatMap(entry)
        page += [".TP", "\\fB\\-h\\fR, \\fB\\-\\-help\\fR", "show the help of the program or of a command"]
        page += [".TP", "\\fB\\-\\-version\\fR", "show the version"]
        for section in sections {
            page += [".SH \(macroArgument(section.title.uppercased()))"] + roffParagraphs(section.text)
        }
        return page.joined(separator: "\n") + "\n"
    }

    private func entry(of node: CommandNode) -> [String] {
        let words = node.usage.dropFirst(root.about.name.count + 1)
        var lines = [".SS \(macroArgument(String(words)))", roff(node.about.summary)]
        lines += roffParagraphs(node.about.discussion)
        let shown = node.parameters.map(\.declaration).filter { !$0.isHidden && !$0.isGlobal }
        lines += shown.flatMap(entry)
        let globals = node.parameters.map(\.declaration).filter { !$0.isHidden && $0.isGlobal }
        if !globals.isEmpty {
            lines += [".PP", roff("Global options it takes: " + globals.map(\.spelling).joined(separator: ", "))]
        }
        if !node.about.examples.isEmpty {
            lines += [".PP", "Examples:"] + verbatim(node.about.examples)
        }
        return lines
    }

    private func entry(of parameter: ParameterDeclaration) -> [String] {
        var label = parameter.role == .argument ? "\\fI\(roff(parameter.label))\\fR" : ""
        if parameter.role != .argument {
            if let short = parameter.short { label += "\\fB\\-\(roff(String(short)))\\fR, " }
            label += "\\fB\(roff(parameter.spelling))\\fR"
            if !parameter.placeholder.isEmpty { label += " \\fI\(roff(parameter.placeholder))\\fR" }
        }
        return [".TP", label, roff(parameter.fullHelp)]
    }
}

private func roffParagraphs(_ text: String) -> [String] {
    paragraphs(of: text).flatMap { paragraph in
        switch paragraph {
        case .prose(let text): [".PP"] + wrapped(text, width: 100).map(roff)
        case .verbatim(let lines): verbatim(lines)
        }
    }
}

private func verbatim(_ lines: [String]) -> [String] { [".PP", ".RS 4", ".nf"] + lines.map(roff) + [".fi", ".RE"] }

/// Text for a line of roff: a backslash begins an escape, a bare hyphen may be set as a typographic one, and a dot or
/// an apostrophe in front would be a request.
private func roff(_ text: String) -> String {
    let escaped = text.map { character in
        switch character {
        case "\\": "\\e"
        case "-": "\\-"
        case "\n": " "
        default: String(character)
        }
    }.joined()
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
}

/// One argument of a macro; a quotation mark inside would end it.
private func macroArgument(_ text: String) -> String {
    "\"" + roff(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
}
