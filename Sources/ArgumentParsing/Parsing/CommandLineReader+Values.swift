extension CommandLineReader {
    /// Gives every parameter its value, in the order of declaration, then holds the rules against what was typed.
    mutating func finish(_ node: CommandNode) throws(UsageError) -> ParsedCommand {
        guard let command = node.command else { preconditionFailure("\(node.line) is no command") }
        try placeArguments(of: node)
        for declared in node.parameters {
            let parameter = declared.declaration
            if parameter.isRequired, given[parameter.spelling] == nil {
                let what =
                    parameter.role == .argument ? parameter.name : "\(parameter.spelling) \(parameter.placeholder)"
                throw error(.missingParameter, "\(what) is missing", hint: parameter.help)
            }
        }
        var values = ParsedValues(path: node.path, usage: node.usage, typed: Set(given.keys))
        for declared in node.parameters {
            do throws(ValueFault) {
                try values.read(declared.parameter, from: given[declared.declaration.spelling] ?? [])
            } catch {
                throw badValue(error, of: declared.declaration)
            }
        }
        if let complaint = node.rules.lazy.compactMap({ [typed = values.typed] in $0.complaint(given: typed) }).first {
            throw error(.brokenRule, complaint)
        }
        return parsed(command, values)
    }

    private mutating func placeArguments(of node: CommandNode) throws(UsageError) {
        var left = arguments[...]
        for argument in node.arguments.map(\.declaration) {
            guard let first = left.first else { break }
            given[argument.spelling] = argument.isRepeated ? Array(left) : [first]
            left = argument.isRepeated ? [] : left.dropFirst()
        }
        if let extra = left.first {
            throw error(.unexpectedArgument, "unexpected argument \(quoted(extra))")
        }
    }

    private func badValue(_ fault: ValueFault, of parameter: ParameterDeclaration) -> UsageError {
        let text = fault.text.map { quoted($0) + " " } ?? ""
        return error(.badValue, "\(parameter.spelling): \(text)\(fault.reason)", hint: fault.hint)
    }

    private func parsed(_ command: some Command, _ values: ParsedValues) -> ParsedCommand {
        ParsedCommand(command, values)
    }
}
