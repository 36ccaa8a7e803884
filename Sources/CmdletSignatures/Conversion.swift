import FleetModel

/// Whether a value can become a parameter's value.
struct Conversion {
    /// Strict: of the parameter's own type. Otherwise whatever PowerShell converts.
    var strict: Bool
    var product: String
    var certTypes: [String]

    /// What a parameter's .NET type wants.
    private enum Wish {
        case text, texts, integer, flag, toggle, date, secure, credential, bytes
        case enumeration(Enumeration, array: Bool)

        var words: String {
            switch self {
            case .text: "text"
            case .texts: "a list of texts"
            case .integer: "a number (int)"
            case .flag: "a Boolean (bool)"
            case .toggle: "a switch"
            case .date: "a date"
            case .secure: "a secure string (secure)"
            case .credential: "a credential"
            case .bytes: "bytes"
            case .enumeration(let enumeration, let array): array ? "a list of \(enumeration.name)" : enumeration.name
            }
        }
    }

    private func wish(of type: String) -> Wish {
        let array = type.hasSuffix("[]")
        let element = array ? String(type.dropLast(2)) : type
        if let enumeration = Enumeration(element, product: product, certTypes: certTypes) {
            return .enumeration(enumeration, array: array || enumeration.flags)
        }
        switch element {
        case "Byte": return array ? .bytes : .integer
        case "Int16", "Int32", "Int64", "UInt16", "UInt32", "UInt64": return .integer
        case "Boolean": return .flag
        case "SwitchParameter": return .toggle
        case "DateTime": return .date
        case "SecureString": return .secure
        case "PSCredential": return .credential
        case "MultiValuedProperty": return .texts
        default: return array ? .texts : .text
        }
    }

    /// The first reason why the argument does not fit, or nil.
    func mistake(_ argument: Argument, for parameter: ParameterSignature) -> CallMistake? {
        let wish = wish(of: parameter.type)
        if argument.type == .secure, isText(wish) {
            return CallMistake(
                id: .secureStringToText, parameter: argument.name,
                message: "-\(parameter.name) takes its secret as plain text, not as a secure string",
                hint: "write { secret-text: … }")
        }
        guard fits(argument, wish) else { return transformation(argument, parameter, wish) }
        if case .enumeration(let enumeration, _) = wish {
            return mistake(in: argument, of: enumeration, for: parameter)
        }
        if parameter.mandatory, argument.literal == .text(""), !isText(wish) || argument.type == .string {
            return CallMistake(
                id: .emptyText, parameter: argument.name, message: "-\(parameter.name) may not be empty")
        }
        return nil
    }

    private func isText(_ wish: Wish) -> Bool {
        switch wish {
        case .text, .texts: true
        default: false
        }
    }

    private func transformation(_ argument: Argument, _ parameter: ParameterSignature, _ wish: Wish) -> CallMistake {
        CallMistake(
            id: .transformation, parameter: argument.name,
            message: "-\(parameter.name) takes \(wish.words), not \(argument.type.rawValue)\(shown(argument))",
            hint: nil)
    }

    /// Only plain literals are shown, never anything of a secret kind.
    private func shown(_ argument: Argument) -> String {
        guard argument.type == .string || argument.type == .int, case .text(let text) = argument.literal else {
            return ""
        }
        return " '\(text)'"
    }

    private func mistake(
        in argument: Argument, of enumeration: Enumeration, for parameter: ParameterSignature
    ) -> CallMistake? {
        for text in argument.texts {
            if text.contains(","), !enumeration.flags {
                return CallMistake(
                    id: .commaInEnumeration, parameter: argument.name,
                    message:
                        "-\(parameter.name): a comma inside one value of \(enumeration.name) would bind to another value",
                    hint: "write a list: { list: [\(text)] }")
            }
            for value in enumeration.values(in: text) where !enumeration.knows(value) {
                return CallMistake(
                    id: .transformation, parameter: argument.name,
                    message: "-\(parameter.name): \(enumeration.name) has no value '\(value)' in \(product)",
                    candidates: CallMistake.Candidates(word: value, known: enumeration.values))
            }
        }
        return nil
    }

    private func fits(_ argument: Argument, _ wish: Wish) -> Bool {
        strict ? fitsStrictly(argument.type, wish) : fitsLoosely(argument, wish)
    }

    private func fitsStrictly(_ type: ValueType, _ wish: Wish) -> Bool {
        switch wish {
        case .text: type == .string || type == .secretText
        case .texts: type == .string || type == .list
        case .integer: type == .int
        case .flag: type == .bool
        case .toggle: type == .switch
        case .date: type == .date
        case .secure: type == .secure
        case .credential: type == .credential
        case .bytes: type == .bytes
        case .enumeration(_, let array): type == .string || (array && type == .list)
        }
    }

    /// What PowerShell's conversions accept; tried with its own binder.
    private func fitsLoosely(_ argument: Argument, _ wish: Wish) -> Bool {
        if argument.literal == .null { return fitsNull(wish) }
        let type = argument.type
        switch wish {
        case .text: return ![.list, .bytes, .credential].contains(type)
        case .texts: return ![.bytes, .credential].contains(type)
        case .integer: return type == .int || type == .bool || isNumber(argument)
        case .flag, .toggle: return [.bool, .switch, .int].contains(type)
        case .date: return type == .date || isInvariantDate(argument)
        case .secure: return type == .secure
        case .credential: return type == .credential
        case .bytes: return type == .bytes
        case .enumeration(_, let array): return type == .string || (array && type == .list)
        }
    }

    private func fitsNull(_ wish: Wish) -> Bool {
        switch wish {
        case .text, .texts, .secure, .credential, .bytes, .integer: true
        case .flag, .toggle, .date, .enumeration: false
        }
    }

    private func isNumber(_ argument: Argument) -> Bool {
        guard argument.type == .string, case .text(let text) = argument.literal else { return false }
        return Int64(text) != nil
    }

    /// PowerShell reads a date text by the invariant culture: ISO, or month before day. A French date has day before
    /// month and is refused from the thirteenth on, misread before.
    private func isInvariantDate(_ argument: Argument) -> Bool {
        guard argument.type == .string, case .text(let text) = argument.literal else { return false }
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count >= 3 else { return false }
        let month = numbers[0] > 31 ? numbers[1] : numbers[0]
        return (1...12).contains(month)
    }
}
