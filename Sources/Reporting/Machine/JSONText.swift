package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// JSON for people and programs: sorted keys, two spaces, a newline at the end.
package enum JSONText {
    package static func text(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Every number in our shapes is a whole one: there is nothing that could not be encoded.
        let data = (try? encoder.encode(value)) ?? Data("null".utf8)
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    static func optional(_ date: Date?) -> JSONValue { optional(date?.isoText) }

    static func texts(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map(JSONValue.string)) }

    static func number(_ number: some BinaryInteger) -> JSONValue { .int(Int64(clamping: number)) }

    /// Host → usage → thumbprint.
    static func former(_ former: [String: [String: String]]) -> JSONValue {
        .object(former.mapValues { .object($0.mapValues(JSONValue.string)) })
    }

    static func names(_ names: [OrderedName]) -> JSONValue {
        .array(names.map { .object(["name": .string($0.name), "origin": .string($0.origin)]) })
    }

    static func reasons(_ reasons: [DueReason]) -> JSONValue {
        .array(reasons.map { .object(["code": .string($0.code.rawValue), "text": .string($0.text)]) })
    }
}
