/// A word at its place. The order of a command's arguments is the order of their declarations; required ones come
/// first, then optional ones, then at most one that repeats.
package struct Argument<Value: Sendable>: Parameter {
    package let declaration: ParameterDeclaration
    private let read: @Sendable ([String]) throws(ValueFault) -> Value

    /// An argument that must be given. `name` is its placeholder in the texts, in capitals.
    package init(_ name: String, _ kind: ValueKind<Value>, _ help: String) {
        declaration = ParameterDeclaration(
            .argument, name, placeholder: name, help: help, required: true, completion: kind.completion)
        read = { texts throws(ValueFault) in
            guard let text = texts.last else { throw ValueFault("is missing") }
            return try kind.value(of: text)
        }
    }

    /// An argument that is nil when it is not given.
    package init<Wrapped>(
        optional name: String, _ kind: ValueKind<Wrapped>, _ help: String
    ) where Value == Wrapped? {
        declaration = ParameterDeclaration(
            .argument, name, placeholder: name, help: help, completion: kind.completion)
        read = { texts throws(ValueFault) in
            guard let text = texts.last else { return nil }
            return try kind.value(of: text)
        }
    }

    /// All words that are left. With `required`, at least one.
    package init<Element>(
        repeated name: String, _ kind: ValueKind<Element>, required: Bool = false, _ help: String
    ) where Value == [Element] {
        declaration = ParameterDeclaration(
            .argument, name, placeholder: name, help: help, required: required, repeated: true,
            completion: kind.completion)
        read = { texts throws(ValueFault) in try kind.values(of: texts) }
    }

    package func value(from texts: [String]) throws(ValueFault) -> Value { try read(texts) }
}
