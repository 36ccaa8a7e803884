import FleetModel

/// What each local action takes and yields.
struct ActionInputs {
    var action: LocalAction
    var place: SourcePlace

    var inputs: [(name: String, type: ValueType)] {
        switch action {
        case .signRequest: [("request", .bytes)]
        case .checkCertificate: [("certificate", .bytes), ("request", .bytes)]
        case .checkSignature: [("certificate", .bytes), ("nonce", .bytes), ("signature", .bytes), ("hash", .string)]
        case .awaitAnswer: [("state", .string), ("thumbprint", .string), ("serial", .string), ("number", .string)]
        case .probeTLS: [("thumbprint", .string)]
        }
    }

    /// Inputs that may be left out: a request that never came here cannot be compared.
    private var optional: [String] {
        switch action {
        case .checkCertificate: ["request"]
        case .awaitAnswer: ["number"]
        default: []
        }
    }

    /// The names that can be captured, with their kinds.
    var outputs: [String: KnownNames.Kind] {
        guard action == .signRequest else { return [:] }
        return ["certificate": .bytes, "chain": .bytes, "thumbprint": .text, "serial": .text]
    }

    func check(_ given: [ParameterTemplate], _ reader: YAMLReader, _ namePlaces: [SourcePlace: SourcePlace]) {
        for parameter in given {
            guard let input = inputs.first(where: { $0.name == parameter.name }) else {
                reader.report(
                    namePlaces[parameter.place] ?? parameter.place,
                    "\(action.rawValue) takes no \(Quoting.quote(parameter.name))",
                    hint: Suggestion.hint(for: parameter.name, among: inputs.map(\.name)))
                continue
            }
            if parameter.type != input.type {
                reader.report(
                    parameter.place,
                    "`\(input.name)` of \(action.rawValue) is \(input.type.rawValue), not \(parameter.type.rawValue)")
            }
        }
        for input in inputs
        where !optional.contains(input.name) && !given.contains(where: { $0.name == input.name }) {
            reader.report(place, "\(action.rawValue) needs `\(input.name)`")
        }
    }
}
