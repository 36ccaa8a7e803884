/// A call in the words that an administrator would type, for plans, intents and reports.
///
/// What is not known yet stands as `<name>`, bytes as `<812 bytes>`, secrets as dots. The text is for people: it is
/// never run.
package enum CallText {
    /// The step's call, or its local action with its inputs as `name=value`.
    ///
    /// - Parameter captured: Values that the run has found out so far; they go before the plan's own.
    package static func text(of planned: PlannedStep, captured: [String: BoundValue] = [:]) -> String {
        var bindings = planned.bindings.merging(captured) { $1 }
        if let item = planned.key.item, bindings["item"] == nil { bindings["item"] = .text(item) }
        switch planned.step.operation {
        case .call(let template):
            return text(of: template, bindings: bindings)
        case .action(let action, let inputs):
            return ([action.rawValue] + inputs.map { "\($0.name)=\(value(of: $0, bindings))" }).joined(separator: " ")
        }
    }

    /// `Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint <thumbprint> -Confirm:$false`.
    package static func text(of template: CallTemplate, bindings: [String: BoundValue]) -> String {
        let given = template.parameters.filter { !isLeftOut($0, bindings) }
        return ([template.cmdlet] + given.map { argument($0, bindings) }).joined(separator: " ")
    }

    /// `${name?}` without a value: the parameter is not given at all.
    private static func isLeftOut(_ parameter: ParameterTemplate, _ bindings: [String: BoundValue]) -> Bool {
        guard case .text(let text) = parameter.content, let name = loneReference(text), name.hasSuffix("?") else {
            return false
        }
        return bindings[String(name.dropLast())] == nil
    }

    private static func argument(_ parameter: ParameterTemplate, _ bindings: [String: BoundValue]) -> String {
        let value = value(of: parameter, bindings)
        switch (parameter.type, value) {
        case (.switch, "$true"): return "-\(parameter.name)"
        case (.switch, _): return "-\(parameter.name):\(value)"
        default: return "-\(parameter.name) \(value)"
        }
    }

    private static func value(of parameter: ParameterTemplate, _ bindings: [String: BoundValue]) -> String {
        switch parameter.type {
        case .secure, .secretText, .credential:
            return dots
        case .bool, .switch:
            return flag(resolve(parameter.content, bindings).joined())
        case .bytes:
            return bytes(parameter.content, bindings)
        case .list:
            return elements(parameter.content, bindings).map(quoted).joined(separator: ",")
        case .string, .int, .date:
            return quoted(resolve(parameter.content, bindings).joined(separator: ","))
        }
    }

    private static func flag(_ text: String) -> String {
        switch text {
        case "true": "$true"
        case "false": "$false"
        default: text
        }
    }

    private static func bytes(_ content: ParameterTemplate.Content, _ bindings: [String: BoundValue]) -> String {
        guard case .text(let text) = content, let name = loneReference(text) else { return "<bytes>" }
        return switch bindings[name] {
        case .bytes(let data): "<\(data.count) bytes>"
        case .secret, .secretNamed: dots
        default: "<\(name)>"
        }
    }

    /// The elements of a list, where an element that is one reference to a list stands for all of its own.
    private static func elements(
        _ content: ParameterTemplate.Content, _ bindings: [String: BoundValue]
    ) -> [String] {
        let texts =
            switch content {
            case .text(let text): [text]
            case .list(let texts): texts
            }
        return texts.flatMap { text -> [String] in
            if let name = loneReference(text), case .list(let values)? = bindings[name] { return values }
            return [filled(text, bindings)]
        }
    }

    private static func resolve(_ content: ParameterTemplate.Content, _ bindings: [String: BoundValue]) -> [String] {
        switch content {
        case .text(let text): [filled(text, bindings)]
        case .list(let texts): texts.map { filled($0, bindings) }
        }
    }

    /// `name` when the text is `${name}` and nothing else.
    private static func loneReference(_ text: String) -> String? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let name = text.dropFirst(2).dropLast()
        return name.contains("}") ? nil : String(name)
    }

    private static func filled(_ text: String, _ bindings: [String: BoundValue]) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.first {
            guard rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") else {
                result.append(character)
                rest.removeFirst()
                continue
            }
            var name = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
            if name.hasSuffix("?") { name.removeLast() }
            rest = rest[rest.index(after: end)...]
            switch bindings[name] {
            case .secret, .secretNamed: result += dots
            case .bytes(let data): result += "<\(data.count) bytes>"
            case let value?: result += value.text ?? "<\(name)>"
            case nil: result += "<\(name)>"
            }
        }
        return result
    }

    /// In single quotes where PowerShell would want them; the angle brackets of what is not known are left alone.
    private static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "._-:\\/*=+<>•".unicodeScalars.contains(scalar)
        }
        if plain, !text.isEmpty, !text.hasPrefix("-") { return text }
        if text.hasPrefix("<"), text.hasSuffix(" bytes>"), text.dropFirst().firstIndex(of: "<") == nil { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static let dots = "••••••"
}
