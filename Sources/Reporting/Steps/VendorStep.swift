#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import FleetModel

/// One step of the vendor's certificate wizard on one server: what was called for it, what was read back, and when.
package struct VendorStep: Sendable, Equatable {
    package var number: Int
    /// What the vendor's page calls it: `0` for what it says before the first step, `4b` for the delayed mode's detour.
    package var row: String
    /// The wizard's page in a few words.
    package var page: String
    package var called: String?
    package var readBack: String?
    package var at: Date?
    /// Why the step does not apply, where it does not.
    package var notApplicable: String?

    init(
        _ number: Int, _ page: String, row: String? = nil, called: String? = nil, readBack: String? = nil,
        at: Date? = nil, notApplicable: String? = nil
    ) {
        self.number = number
        self.row = row ?? String(number)
        self.page = page
        self.called = called
        self.readBack = readBack
        self.at = at
        self.notApplicable = notApplicable
    }
}

extension StepReport {
    /// The values of one property over all results that were read back.
    func seen(_ property: String) -> [String] {
        seen.flatMap { result -> [String] in
            guard let value = result[property] else { return [] }
            return value.items.map { $0.compactMap(Self.plain) } ?? Self.plain(value).map { [$0] } ?? []
        }
    }

    /// `KeySize 2048, KeyExportable false`; `nil` when nothing of it was read back.
    func seen(of properties: [String]) -> String? {
        let parts = properties.compactMap { name -> String? in
            let values = seen(name)
            return values.isEmpty ? nil : "\(name) \(values.joined(separator: ", "))"
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Everything that was read back, a result after the other.
    var seenText: String? {
        guard !seen.isEmpty else { return nil }
        return seen.map { result in
            guard case .object(let properties) = result else { return Self.plain(result) ?? "" }
            return properties.keys.sorted().compactMap { name in
                guard let value = properties[name] else { return nil }
                let text = value.items.map { $0.compactMap(Self.plain).joined(separator: ", ") } ?? Self.plain(value)
                return text.flatMap { $0.isEmpty ? nil : "\(name) \($0)" }
            }.joined(separator: ", ")
        }.joined(separator: "; ")
    }

    private static func plain(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .null, .array, .object: nil
        }
    }
}
