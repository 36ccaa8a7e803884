/// What must hold between the parameters of a command. Only what was typed counts, never a default.
package struct ParameterRule: Sendable {
    private enum Relation {
        case atMostOne, exactlyOne, needs
    }

    private let relation: Relation
    private let spellings: [String]

    private init(_ relation: Relation, _ parameters: [any Parameter]) {
        self.relation = relation
        spellings = parameters.map(\.declaration.spelling)
    }

    /// The parameters exclude each other.
    package static func atMostOne(_ parameters: any Parameter...) -> ParameterRule {
        ParameterRule(.atMostOne, parameters)
    }

    /// One of the parameters is needed, and they exclude each other.
    package static func exactlyOne(_ parameters: any Parameter...) -> ParameterRule {
        ParameterRule(.exactlyOne, parameters)
    }

    /// `parameter` has a meaning only together with `other`.
    package static func needs(_ parameter: any Parameter, _ other: any Parameter) -> ParameterRule {
        ParameterRule(.needs, [parameter, other])
    }

    /// Why the rule is broken, if it is.
    ///
    /// - Parameter given: the spellings of the parameters that were typed.
    func complaint(given: Set<String>) -> String? {
        let present = spellings.filter(given.contains)
        switch relation {
        case .atMostOne, .exactlyOne:
            if present.count > 1 { return "\(present[0]) and \(present[1]) exclude each other" }
            if present.isEmpty, relation == .exactlyOne {
                return "one of \(spellings.joined(separator: ", ")) is needed"
            }
            return nil
        case .needs:
            return present == [spellings[0]] ? "\(spellings[0]) goes only with \(spellings[1])" : nil
        }
    }
}
