/// What the user gave for the parameters of a command or of a group of options.
///
/// Read a value by the name of the property that declares it: `given.pool` is a `String` when `pool` is an
/// `Argument<String>`. A shared group reads the same way, `given.project.folder`, and can be handed on alone as
/// `Given<ProjectOptions>`.
@dynamicMemberLookup
package struct Given<Declared: ParameterGroup>: Sendable {
    private let declared: Declared
    private let values: ParsedValues

    init(_ declared: Declared, _ values: ParsedValues) {
        self.declared = declared
        self.values = values
    }

    /// The value of a parameter.
    package subscript<P: Parameter>(dynamicMember path: KeyPath<Declared, P>) -> P.Value {
        values.value(of: declared[keyPath: path])
    }

    /// The values of a group of parameters.
    package subscript<Group: ParameterGroup>(dynamicMember path: KeyPath<Declared, Group>) -> Given<Group> {
        Given<Group>(declared[keyPath: path], values)
    }

    /// The words that called the command, the program's name first: `["certfleet", "runs", "resume"]`.
    package var commandPath: [String] { values.path }

    /// Whether the user typed the parameter, which a default hides: `given.typed(\.format)`.
    package func typed<P: Parameter>(_ path: KeyPath<Declared, P>) -> Bool {
        values.typed.contains(declared[keyPath: path].declaration.spelling)
    }

    /// The error for a mistake in usage that only the command can see, with the command's own usage line.
    package func usageError(_ message: String, hint: String? = nil) -> UsageError {
        UsageError(.refusedByCommand, message, hint: hint, usage: values.usage)
    }
}

/// The values of one parsed command line, by the spelling of their parameters.
struct ParsedValues: Sendable {
    struct Box<Value: Sendable>: Sendable {
        let value: Value
    }

    let path: [String]
    let usage: String
    /// The spellings of what was typed.
    let typed: Set<String>
    private var boxes: [String: any Sendable] = [:]

    init(path: [String], usage: String, typed: Set<String>) {
        self.path = path
        self.usage = usage
        self.typed = typed
    }

    mutating func read<P: Parameter>(_ parameter: P, from texts: [String]) throws(ValueFault) {
        boxes[parameter.declaration.spelling] = Box(value: try parameter.value(from: texts))
    }

    func value<P: Parameter>(of parameter: P) -> P.Value {
        guard let box = boxes[parameter.declaration.spelling] as? Box<P.Value> else {
            preconditionFailure("\(parameter.declaration.spelling) is not a stored property of \(path)")
        }
        return box.value
    }
}
