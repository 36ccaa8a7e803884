import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Values captured on the way, by certificate and host; secrets among them live here and nowhere else.
///
/// What the member where a shared key is born captures is seen by all members of the order; what a copy captures is its
/// own.
actor CaptureStore {
    private struct Place: Hashable {
        var scope: String
        var host: String?
    }

    private var values: [Place: [String: BoundValue]] = [:]

    func keep(_ captured: [String: BoundValue], scope: String, host: String, shared: Bool) {
        values[Place(scope: scope, host: host), default: [:]].merge(captured) { $1 }
        if shared { values[Place(scope: scope, host: nil), default: [:]].merge(captured) { $1 } }
    }

    /// Drops values that went with an agent.
    func forget(_ names: [String], scope: String, host: String, shared: Bool) {
        for name in names {
            values[Place(scope: scope, host: host)]?[name] = nil
            if shared { values[Place(scope: scope, host: nil)]?[name] = nil }
        }
    }

    /// All that a step of this host may refer to.
    func visible(scope: String, host: String) -> [String: BoundValue] {
        let own = Place(scope: scope, host: host)
        if values[own]?["nonce"] == nil {
            var source = SystemRandomNumberGenerator()
            let nonce = Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &source) })
            values[own, default: [:]]["nonce"] = .bytes(nonce)
        }
        let common = Place(scope: scope, host: nil)
        if values[common]?["transfer.password"] == nil {
            values[common, default: [:]]["transfer.password"] = .secret(.randomPassword())
        }
        return (values[common] ?? [:]).merging(values[own] ?? [:]) { $1 }
    }
}

/// Values between the forms of a reply, of a reference and of the journal.
enum CaptureForm {
    /// What a capture takes from the results of a call.
    static func captured(_ captures: [Capture], from results: [JSONValue]) -> [String: BoundValue] {
        var values: [String: BoundValue] = [:]
        for capture in captures {
            let found: JSONValue? =
                capture.property == "*"
                ? .array(results) : results.first.flatMap { Matching.value($0, capture.property) }
            guard let found, let bound = bound(found) else { continue }
            values[capture.name] = capture.secret ? .secret(secret(bound)) : bound
        }
        return values
    }

    /// The journal's form; secrets have none.
    static func journalled(_ values: [String: BoundValue]) -> [String: JSONValue] {
        values.compactMapValues { value in
            switch value {
            case .text(let text): .string(text)
            case .list(let texts): .array(texts.map(JSONValue.string))
            case .bytes(let data): .object(["by": .string(data.base64EncodedString())])
            case .flag(let flag): .bool(flag)
            case .secret, .secretNamed: nil
            }
        }
    }

    static func bound(_ values: [String: JSONValue]) -> [String: BoundValue] { values.compactMapValues(bound) }

    private static func bound(_ value: JSONValue) -> BoundValue? {
        if let base64 = value.base64 { return Data(base64Encoded: base64).map(BoundValue.bytes) }
        switch value {
        case .string(let text): return .text(text)
        case .bool(let flag): return .flag(flag)
        case .int(let number): return .text(String(number))
        case .double(let number): return .text(String(number))
        case .array: return .list(value.texts)
        case .null, .object: return nil
        }
    }

    private static func secret(_ value: BoundValue) -> Secret {
        switch value {
        case .bytes(let data): Secret(data)
        case .secret(let secret): secret
        default: Secret(text: value.text ?? "")
        }
    }
}
