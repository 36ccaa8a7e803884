extension Program {
    /// Reads a command line.
    ///
    /// Options and words may stand in any order. Options that are global may also stand before the command's name.
    /// `--` ends the options. `--help` and `-h` ask for help at every level, as does `help COMMAND`. Names of options
    /// are not abbreviated: what is unique today would mean something else after the next release.
    ///
    /// - Parameters:
    ///   - words: the arguments of the process, without its name.
    ///   - width: columns of the terminal, for the help.
    package func parse(_ words: [String], width: Int = 80) throws(UsageError) -> Invocation {
        var reader = CommandLineReader(root: root, words: words)
        switch try reader.read() {
        case .help(let node): return .help(helpText(of: node, width: width))
        case .version: return .version("\(root.about.name) \(version)")
        case .command(let node): return .run(try reader.finish(node))
        }
    }
}

/// Walks over the words of one command line and keeps what each parameter was given.
struct CommandLineReader {
    enum Outcome {
        case help(CommandNode)
        case version
        case command(CommandNode)
    }

    let root: CommandNode
    var node: CommandNode
    var words: ArraySlice<String>
    var arguments: [String] = []
    /// What was typed for each option, by spelling; a flag has an empty text per occurrence.
    var given: [String: [String]] = [:]
    /// The global options typed before the command's name, in order.
    var early: [String] = []

    init(root: CommandNode, words: [String]) {
        self.root = root
        node = root
        self.words = words[...]
    }

    mutating func read() throws(UsageError) -> Outcome {
        var optionsEnded = false
        while let word = words.popFirst() {
            if optionsEnded || !word.hasPrefix("-") || word == "-" {
                guard node.isGroup else {
                    arguments.append(word)
                    continue
                }
                if node.path.count == 1, word == "help", node.child(named: word) == nil { return try helpOnRest() }
                try descend(word)
            } else if word == "--" {
                optionsEnded = true
            } else if word == "--help" || word == "-h" {
                return .help(node)
            } else if word == "--version", node.path.count == 1 {
                return .version
            } else if word.hasPrefix("--") {
                try readLong(word)
            } else if try readShort(word) {
                return .help(node)
            }
        }
        guard !node.isGroup else {
            throw error(
                .missingCommand, "\(node.path.count == 1 ? "no command" : "\(node.line): no command") given",
                hint: "\(node.line) --help lists the commands")
        }
        return .command(node)
    }

    private mutating func helpOnRest() throws(UsageError) -> Outcome {
        while let word = words.popFirst(), node.isGroup { try descend(word) }
        return .help(node)
    }

    private mutating func descend(_ word: String) throws(UsageError) {
        guard let child = node.child(named: word) else {
            throw error(.unknownCommand, "unknown command \(quoted(word))", hint: hint(forCommand: word))
        }
        node = child
        guard !child.isGroup else { return }
        for spelling in early where !child.options.contains(where: { $0.declaration.spelling == spelling }) {
            throw error(.unknownOption, "\(child.line) takes no \(spelling)")
        }
    }

    private func hint(forCommand word: String) -> String {
        if let name = suggestion(for: word, among: node.visibleChildren.map(\.about.name)) {
            return "did you mean \(name)?"
        }
        if let elsewhere = root.allVisible.first(where: { !$0.isGroup && $0.about.name == word }) {
            return "did you mean \(elsewhere.line)?"
        }
        return "\(node.line) --help lists the commands"
    }

    func error(_ code: UsageError.Code, _ message: String, hint: String? = nil) -> UsageError {
        UsageError(code, message, hint: hint, usage: node.usage)
    }
}
