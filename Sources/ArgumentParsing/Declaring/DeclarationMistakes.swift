extension Program {
    /// What is wrong with the declarations themselves, one sentence each. Meant for a test that expects none.
    ///
    /// Two commands of one name, two options of one spelling in a command, an argument after one that takes all,
    /// a global option that commands declare differently, names that a shell would not take as plain words.
    package func declarationMistakes() -> [String] {
        root.all.flatMap { node in node.mistakes.map { "\(node.line): \($0)" } } + globalMistakes
    }

    /// Before the command's name an option is read as the first declaration says, so all must say the same.
    private var globalMistakes: [String] {
        var first: [String: (line: String, shape: String)] = [:]
        var mistakes: [String] = []
        for node in root.all where !node.isGroup {
            for option in node.options.map(\.declaration) where option.isGlobal {
                let former = first[option.spelling] ?? (node.line, option.shape)
                first[option.spelling] = former
                if former.shape != option.shape {
                    mistakes.append("\(node.line): \(option.spelling) is declared differently in \(former.line)")
                }
            }
        }
        return mistakes
    }
}

extension ParameterDeclaration {
    fileprivate var shape: String { "\(role) \(short.map(String.init) ?? "") \(isRepeated)" }
}

extension CommandNode {
    fileprivate var mistakes: [String] {
        var mistakes = repeated(children.map(\.about.name)).map { "two commands are called \($0)" }
        mistakes += repeated(parameters.map(\.declaration.spelling)).map { "\($0) is declared twice" }
        mistakes += repeated(options.compactMap(\.declaration.short).map { "-\($0)" }).map { "\($0) is declared twice" }
        if !isPlain(about.name) { mistakes.append("the name is not a plain word") }
        if about.summary.isEmpty { mistakes.append("the summary is empty") }
        return mistakes + options.map(\.declaration).flatMap(optionMistakes) + argumentMistakes
            + parameters.map(\.declaration).flatMap(choiceMistakes)
    }

    private func optionMistakes(_ option: ParameterDeclaration) -> [String] {
        var mistakes: [String] = []
        if !isPlain(option.name) { mistakes.append("\(option.spelling) is not a plain word") }
        if option.name == "help" || option.name == "version" || option.short == "h" {
            mistakes.append("\(option.spelling) takes the place of a built-in option")
        }
        if let short = option.short, !isPlain(String(short)) { mistakes.append("-\(short) is not a plain letter") }
        if option.help.isEmpty { mistakes.append("\(option.spelling) has no help") }
        return mistakes
    }

    private var argumentMistakes: [String] {
        let all = arguments.map(\.declaration)
        return zip(all, all.dropFirst()).compactMap { former, next in
            if former.isRepeated { return "\(next.name) stands after \(former.name), which takes all words" }
            return next.isRequired && !former.isRequired ? "\(next.name) is required, \(former.name) is not" : nil
        }
    }

    private func choiceMistakes(_ parameter: ParameterDeclaration) -> [String] {
        guard case .words(let words) = parameter.completion else { return [] }
        return words.filter { !isPlain($0) }.map { "\(parameter.spelling): the choice \($0) is not a plain word" }
    }
}

/// Letters, digits and a few signs, no dash in front: what shells and completion scripts take as it is.
private func isPlain(_ word: String) -> Bool {
    !word.isEmpty && !word.hasPrefix("-")
        && word.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_./+".unicodeScalars.contains(scalar))
        }
}

private func repeated(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { !seen.insert($0).inserted }
}
