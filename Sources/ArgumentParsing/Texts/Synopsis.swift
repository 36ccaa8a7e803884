extension CommandNode {
    /// One line: required options by name, all others as `[options]`.
    var usage: String {
        var parts = [line]
        let shown = options.map(\.declaration).filter { !$0.isHidden }
        if shown.contains(where: { !$0.isRequired }) { parts.append("[options]") }
        if isGroup { return (parts + ["COMMAND"]).joined(separator: " ") }
        parts += shown.filter(\.isRequired).map { "\($0.spelling) \($0.placeholder)" }
        parts += arguments.map(\.declaration).filter { !$0.isHidden }.map { argument in
            let word = argument.isRepeated ? "\(argument.name)..." : argument.name
            return argument.isRequired ? word : "[\(word)]"
        }
        return parts.joined(separator: " ")
    }

    /// The options that are shown, under their headings, in order of declaration; `--help` comes with the last.
    var optionSections: [(heading: String, options: [ParameterDeclaration])] {
        var sections: [(heading: String, options: [ParameterDeclaration])] = []
        for option in options where !option.declaration.isHidden {
            let heading = isGroup ? "Global options" : option.heading
            if let place = sections.firstIndex(where: { $0.heading == heading }) {
                sections[place].options.append(option.declaration)
            } else {
                sections.append((heading, [option.declaration]))
            }
        }
        return sections
    }
}

extension ParameterDeclaration {
    /// `-o, --output FILE`; the names line up whether or not there is a short form.
    var label: String {
        if role == .argument { return isRepeated ? "\(name)..." : name }
        let value = placeholder.isEmpty ? "" : " \(placeholder)"
        return (short.map { "-\($0), " } ?? "    ") + spelling + value
    }

    /// The help with what follows from the declaration: choices, default, whether it repeats.
    var fullHelp: String {
        var notes: [String] = []
        if case .words(let words) = completion, placeholder != words.joined(separator: "|") {
            notes.append("one of: " + words.joined(separator: ", "))
        }
        if let defaultText { notes.append("default: \(defaultText)") }
        if isRequired, role != .argument { notes.append("required") }
        if isRepeated, role != .argument { notes.append("can be repeated") }
        return notes.isEmpty ? help : "\(help) (\(notes.joined(separator: "; ")))"
    }
}
