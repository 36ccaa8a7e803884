import FleetModel
import FoundationEssentials

/// The parameters of a call that has been bound: by the signature's own names, blobs already in place.
struct CommandArguments {
    private var values: [String: TypedValue] = [:]

    /// - Parameter names: the given names in the signature's spelling.
    init(_ parameters: [(name: String, value: TypedValue)], names: [String: String]) {
        for parameter in parameters {
            values[(names[parameter.name] ?? parameter.name).lowercased()] = parameter.value
        }
    }

    func value(_ name: String) -> TypedValue? { values[name.lowercased()] }

    func has(_ name: String) -> Bool { value(name) != nil }

    /// As PowerShell makes text of it.
    func text(_ name: String) -> String? {
        switch value(name) {
        case .string(let text), .date(let text): text
        case .int(let number): String(number)
        case .bool(let flag), .switch(let flag): flag ? "True" : "False"
        case .secretText(let secret): secret.revealedText
        case .list(let texts): texts.joined(separator: " ")
        default: nil
        }
    }

    /// A list; a single text is a list of one.
    func list(_ name: String) -> [String]? {
        if case .list(let texts) = value(name) { return texts }
        return text(name).map { [$0] }
    }

    /// A list whose elements may also stand in one text, divided by commas.
    func commaList(_ name: String) -> [String] {
        (list(name) ?? []).flatMap { $0.split(separator: ",") }.map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    func flag(_ name: String) -> Bool {
        switch value(name) {
        case .bool(let flag), .switch(let flag): flag
        default: false
        }
    }

    func integer(_ name: String) -> Int? {
        switch value(name) {
        case .int(let number): Int(exactly: number)
        case .string(let text): Int(text)
        default: nil
        }
    }

    func bytes(_ name: String) -> Data? {
        if case .bytes(let data) = value(name) { return data }
        return nil
    }

    /// A secret, also where the cmdlet takes it as text.
    func secret(_ name: String) -> Secret? {
        switch value(name) {
        case .secure(let secret), .secretText(let secret): secret
        case .string(let text): Secret(text: text)
        default: nil
        }
    }
}
