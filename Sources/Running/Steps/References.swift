import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Puts values in the place of `${name}`. There are no operators and no functions: nothing can be injected.
struct References {
    let lookup: (String) -> BoundValue?

    /// The typed value of a parameter; `nil` when it is optional and absent, and for a secret that is to be
    /// brought by its name.
    ///
    /// - Throws: ``Fault`` `step.unbound` or `step.value` when a reference has no value or one of the wrong kind.
    func resolve(_ template: ParameterTemplate) throws -> TypedValue? {
        // Brought when the call is made, and not before.
        if secretName(of: template) != nil { return nil }
        switch template.content {
        case .list(let texts):
            return .list(try texts.map(text))
        case .text(let text):
            if let name = Self.wholeReference(text) {
                if name.hasSuffix("?") {
                    guard let value = lookup(String(name.dropLast())) else { return nil }
                    return try typed(value, template)
                }
                guard let value = lookup(name) else { throw unbound(name, template) }
                return try typed(value, template)
            }
            return try typed(.text(self.text(text)), template)
        }
    }

    /// The name of a secret that is known by its name alone; `nil` for everything else.
    func secretName(of template: ParameterTemplate) -> String? {
        guard case .text(let text) = template.content, var name = Self.wholeReference(text) else { return nil }
        if name.hasSuffix("?") { name.removeLast() }
        if case .secretNamed(let secret)? = lookup(name) { return secret }
        return nil
    }

    /// A text with its references replaced; a secret cannot stand in one.
    func text(_ template: String) throws -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "${") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else { break }
            result += rest[..<open.lowerBound]
            let name = String(rest[open.upperBound..<close])
            guard let value = lookup(name)?.text else {
                throw Fault("step.unbound", .failed, "nothing is known of ${\(name)} yet")
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// `name` when the text is exactly `${name}`.
    static func wholeReference(_ text: String) -> String? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let inner = text.dropFirst(2).dropLast()
        return inner.contains("}") ? nil : String(inner)
    }

    private func typed(_ value: BoundValue, _ template: ParameterTemplate) throws -> TypedValue {
        switch (template.type, value) {
        case (.string, let value): if let text = value.text { return .string(text) }
        case (.date, .text(let text)): return .date(text)
        case (.int, .text(let text)): if let number = Int64(text) { return .int(number) }
        case (.bool, .flag(let flag)): return .bool(flag)
        case (.switch, .flag(let flag)): return .switch(flag)
        case (.bool, .text(let text)): if let flag = Bool(text) { return .bool(flag) }
        case (.switch, .text(let text)): if let flag = Bool(text) { return .switch(flag) }
        case (.bytes, .bytes(let data)): return .bytes(data)
        // Exchange hands out a request as text.
        case (.bytes, .text(let text)): return .bytes(Data(text.utf8))
        case (.bytes, .secret(let secret)): return .bytes(Data(secret.revealed))
        case (.secure, .secret(let secret)): return .secure(secret)
        case (.secretText, .secret(let secret)): return .secretText(secret)
        case (.list, .list(let texts)): return .list(texts)
        case (.list, .text(let text)): return .list([text])
        default: break
        }
        throw Fault("step.value", .failed, "the value of \(template.name) is no \(template.type.rawValue)")
    }

    private func unbound(_ name: String, _ template: ParameterTemplate) -> Fault {
        Fault("step.unbound", .failed, "\(template.name) needs ${\(name)}, of which nothing is known yet")
    }
}
