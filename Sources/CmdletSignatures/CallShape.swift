package import FleetModel

/// A call as far as it is known: which parameters, with values of which type, and the values where they are known.
package struct CallShape: Sendable, Equatable {
    package var cmdlet: String
    package var arguments: [Argument]

    package init(cmdlet: String, arguments: [Argument]) {
        self.cmdlet = cmdlet
        self.arguments = arguments
    }

    /// A call with its values, as it arrives at a server. Secrets are looked at by type only.
    package init(cmdlet: String, values: [(name: String, value: TypedValue)]) {
        self.init(cmdlet: cmdlet, arguments: values.map { Argument(name: $0.name, value: $0.value) })
    }
}

/// One named argument of a call.
package struct Argument: Sendable, Equatable {
    /// What is known of the value itself.
    package enum Literal: Sendable, Equatable {
        /// It holds a reference, or is a secret.
        case unknown
        case text(String)
        case list([String])
        case null
    }

    package var name: String
    package var type: ValueType
    package var literal: Literal

    package init(name: String, type: ValueType, literal: Literal = .unknown) {
        self.name = name
        self.type = type
        self.literal = literal
    }

    package init(name: String, value: TypedValue) {
        switch value {
        case .string(let text): self.init(name: name, type: .string, literal: .text(text))
        case .int(let number): self.init(name: name, type: .int, literal: .text(String(number)))
        case .bool(let flag): self.init(name: name, type: .bool, literal: .text(flag ? "true" : "false"))
        case .switch(let flag): self.init(name: name, type: .switch, literal: .text(flag ? "true" : "false"))
        case .date(let text): self.init(name: name, type: .date, literal: .text(text))
        case .bytes, .blob: self.init(name: name, type: .bytes)
        case .secure: self.init(name: name, type: .secure)
        case .secretText: self.init(name: name, type: .secretText)
        case .credential: self.init(name: name, type: .credential)
        case .list(let texts): self.init(name: name, type: .list, literal: .list(texts))
        case .null: self.init(name: name, type: .string, literal: .null)
        }
    }

    /// The known texts: of a list its elements.
    var texts: [String] {
        switch literal {
        case .unknown, .null: []
        case .text(let text): [text]
        case .list(let texts): texts
        }
    }
}
