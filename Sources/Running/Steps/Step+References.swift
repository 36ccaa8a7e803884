import FleetModel

extension Step {
    /// The names of all values that the step yields, its proof's included.
    var allCaptures: [String] { (captures + (verify?.captures ?? [])).map(\.name) }

    /// Does the step's own call or action take this value?
    func refers(to name: String) -> Bool {
        let parameters =
            switch operation {
            case .call(let template): template.parameters
            case .action(_, let inputs): inputs
            }
        return parameters.contains { $0.refers(to: name) }
    }
}

extension ParameterTemplate {
    /// Left out of the call when its value is absent: `${name?}` and nothing else.
    var isOptional: Bool {
        guard case .text(let text) = content else { return false }
        return References.wholeReference(text)?.hasSuffix("?") == true
    }

    func refers(to name: String) -> Bool {
        let texts =
            switch content {
            case .text(let text): [text]
            case .list(let texts): texts
            }
        return texts.contains { $0.contains("${\(name)}") || $0.contains("${\(name)?}") }
    }
}
