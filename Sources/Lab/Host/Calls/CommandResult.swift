import FleetModel
import FoundationEssentials

/// One thing that a command returns.
enum CommandResult {
    /// An object with its properties.
    case object([String: JSONValue])
    /// A text or a plain value.
    case plain(JSONValue)

    /// What the agent sends of it: the properties that were asked for, under the names by which they were asked;
    /// without a selection, plain values as they are and objects as text.
    func selected(_ names: [String]) -> JSONValue {
        switch self {
        case .plain(let value): return names.isEmpty ? value : .object([:])
        case .object(let properties):
            guard !names.isEmpty else { return .string(Self.text(properties)) }
            var found: [String: JSONValue] = [:]
            for name in names {
                let key = properties.keys.first { $0.lowercased() == name.lowercased() }
                if let key { found[name] = properties[key] }
            }
            return .object(found)
        }
    }

    private static func text(_ properties: [String: JSONValue]) -> String {
        let parts = properties.keys.sorted().map { "\($0)=\(properties[$0]?.text ?? "")" }
        return "@{\(parts.joined(separator: "; "))}"
    }
}

extension JSONValue {
    /// UTC with milliseconds, as the agent writes dates.
    static func date(_ date: Date) -> JSONValue {
        .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    static func bytes(_ data: Data) -> JSONValue { .object(["by": .string(data.base64EncodedString())]) }

    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
