/// An option with a value: `--name VALUE`, `--name=VALUE`, and with a short form `-n VALUE`, `-nVALUE`.
///
///     let due = Option("due", .duration, "renew what has less life left than this")        // Duration?
///     let format = Option("format", .choice(of: Format.self), default: .text, "the form")  // Format
///     let accept = Option(repeated: "accept", .choice(["eku-lost"]), "a loss to accept")   // [String]
///
/// An option that is not `repeated` may be given twice only with the same value: which one was meant is not guessed.
package struct Option<Value: Sendable>: Parameter {
    package let declaration: ParameterDeclaration
    private let read: @Sendable ([String]) throws(ValueFault) -> Value

    /// An option that has a value in any case.
    package init(
        _ name: String, short: Character? = nil, _ kind: ValueKind<Value>, default value: Value,
        global: Bool = false, hidden: Bool = false, _ help: String
    ) {
        declaration = ParameterDeclaration(
            .option, name, short: short, placeholder: kind.placeholder, help: help, global: global, hidden: hidden,
            defaultText: kind.show(value), completion: kind.completion)
        read = { texts throws(ValueFault) in
            guard let text = texts.last else { return value }
            return try kind.value(of: text)
        }
    }

    /// An option that is nil when it is not given.
    package init<Wrapped>(
        _ name: String, short: Character? = nil, _ kind: ValueKind<Wrapped>,
        global: Bool = false, hidden: Bool = false, _ help: String
    ) where Value == Wrapped? {
        declaration = ParameterDeclaration(
            .option, name, short: short, placeholder: kind.placeholder, help: help, global: global, hidden: hidden,
            completion: kind.completion)
        read = { texts throws(ValueFault) in
            guard let text = texts.last else { return nil }
            return try kind.value(of: text)
        }
    }

    /// An option that must be given.
    package init(
        required name: String, short: Character? = nil, _ kind: ValueKind<Value>,
        global: Bool = false, hidden: Bool = false, _ help: String
    ) {
        declaration = ParameterDeclaration(
            .option, name, short: short, placeholder: kind.placeholder, help: help, required: true, global: global,
            hidden: hidden, completion: kind.completion)
        read = { texts throws(ValueFault) in
            guard let text = texts.last else { throw ValueFault("is missing") }
            return try kind.value(of: text)
        }
    }

    /// An option that may be given any number of times; the values keep their order.
    package init<Element>(
        repeated name: String, short: Character? = nil, _ kind: ValueKind<Element>,
        global: Bool = false, hidden: Bool = false, _ help: String
    ) where Value == [Element] {
        declaration = ParameterDeclaration(
            .option, name, short: short, placeholder: kind.placeholder, help: help, repeated: true, global: global,
            hidden: hidden, completion: kind.completion)
        read = { texts throws(ValueFault) in try kind.values(of: texts) }
    }

    package func value(from texts: [String]) throws(ValueFault) -> Value { try read(texts) }
}
