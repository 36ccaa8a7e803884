/// An option without a value: true when it is given. Giving it twice is the same as once.
package struct Flag: Parameter {
    package let declaration: ParameterDeclaration

    /// A flag `--name`, with a one-letter form if `short` is given; letters can be combined (`-yq`).
    package init(
        _ name: String, short: Character? = nil, global: Bool = false, hidden: Bool = false, _ help: String
    ) {
        declaration = ParameterDeclaration(.flag, name, short: short, help: help, global: global, hidden: hidden)
    }

    package func value(from texts: [String]) throws(ValueFault) -> Bool { !texts.isEmpty }
}
