extension CommandLineReader {
    /// `--name`, `--name=value` or `--name value`.
    mutating func readLong(_ word: String) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let spelling = String(parts[0])
        guard let option = node.options.first(where: { $0.declaration.spelling == spelling })?.declaration else {
            throw unknown(spelling)
        }
        let attached = parts.count > 1 ? String(parts[1]) : nil
        if option.role == .flag {
            if attached != nil { throw error(.unexpectedValue, "\(spelling) takes no value") }
            try keep("", for: option, as: spelling)
        } else {
            let value = if let attached { attached } else { try nextValue(of: option, as: spelling) }
            try keep(value, for: option, as: spelling)
        }
    }

    /// `-n`, `-nVALUE`, or flags in one word, the last of which may be an option with its value.
    ///
    /// - Returns: true when `-h` was among them.
    mutating func readShort(_ word: String) throws(UsageError) -> Bool {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            if letter == "h" { return true }
            let spelling = "-\(letter)"
            guard let option = node.options.first(where: { $0.declaration.short == letter })?.declaration else {
                throw unknown(spelling)
            }
            if option.role == .flag {
                try keep("", for: option, as: spelling)
                continue
            }
            let value = letters.isEmpty ? try nextValue(of: option, as: spelling) : String(letters)
            try keep(value, for: option, as: spelling)
            break
        }
        return false
    }

    /// The word after the option. One that looks like an option is refused: a forgotten value is likelier than a value
    /// with a dash in front, and that one can be attached. Negative numbers pass.
    private mutating func nextValue(
        of option: ParameterDeclaration, as spelling: String
    ) throws(UsageError) -> String {
        guard let value = words.first else {
            throw error(.missingValue, "\(spelling) needs a value: \(spelling) \(option.placeholder)")
        }
        if value.hasPrefix("-"), value != "-", Int(value) == nil {
            throw error(
                .missingValue, "\(spelling) needs a value, and \(quoted(value)) looks like an option",
                hint: "if it is the value, write --\(option.name)=VALUE in one word")
        }
        words.removeFirst()
        return value
    }

    private mutating func keep(
        _ value: String, for option: ParameterDeclaration, as spelling: String
    ) throws(UsageError) {
        let former = given[option.spelling] ?? []
        if !option.isRepeated, let first = former.first, first != value {
            throw error(.givenTwice, "\(spelling) is given twice, as \(quoted(first)) and as \(quoted(value))")
        }
        given[option.spelling] = former + [value]
        if node.isGroup { early.append(option.spelling) }
    }

    private func unknown(_ spelling: String) -> UsageError {
        let known = node.options.map(\.declaration).filter { !$0.isHidden }.map(\.spelling) + ["--help"]
        let isShort = !spelling.hasPrefix("--")
        if node.isGroup {
            let below = node.all.flatMap(\.options).map(\.declaration)
            if below.contains(where: { isShort ? "-\($0.short ?? "-")" == spelling : $0.spelling == spelling }) {
                return error(
                    .unknownOption, "\(spelling) belongs to a command", hint: "write it after the command's name")
            }
        }
        let near =
            isShort ? nil : suggestion(for: String(spelling.dropFirst(2)), among: known.map { String($0.dropFirst(2)) })
        return error(
            .unknownOption, "unknown option \(quoted(spelling))",
            hint: near.map { "did you mean --\($0)?" } ?? "\(node.line) --help lists the options")
    }
}
