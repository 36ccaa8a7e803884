import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a step yielded, and the read that proves it.
struct Reading: Sendable {
    var captured: [String: BoundValue]
    /// The read in the words that an administrator would type; none for a local action.
    var call: String?
    var seen: [JSONValue]?

    init(captured: [String: BoundValue], call: String? = nil, seen: [JSONValue]? = nil) {
        self.captured = captured
        self.call = call
        self.seen = seen
    }

    /// The proof's reading with what the call itself captured; where both have a value, the proof's counts.
    func merging(_ former: Reading) -> Reading {
        Reading(captured: former.captured.merging(captured) { $1 }, call: call, seen: seen)
    }

    /// Results for the record: the first few, with bytes by their length and, where they say it, their kind.
    static func evidence(_ results: [JSONValue]) -> [JSONValue] {
        results.prefix(16).map { result in
            guard case .object(let properties) = result, result.base64 == nil else { return short(result) }
            return .object(properties.mapValues(short))
        }
    }

    private static func short(_ value: JSONValue) -> JSONValue {
        if let base64 = value.base64 { return .string(described(base64)) }
        if case .string(let text) = value, text.utf8.count > 1024 { return .string(String(text.prefix(1024)) + "…") }
        return value
    }

    private static func described(_ base64: String) -> String {
        guard let data = Data(base64Encoded: base64) else { return "<bytes>" }
        let head = String(decoding: data.prefix(64), as: UTF8.self)
        guard head.hasPrefix("-----BEGIN "), let end = head.dropFirst(11).firstRange(of: "-----") else {
            return "<\(data.count) bytes>"
        }
        return "<\(data.count) bytes: \(head.dropFirst(11)[..<end.lowerBound])>"
    }
}
