import FleetModel

/// Holds what a call returned against what the step expects.
struct Matching {
    let results: [JSONValue]
    let references: References

    /// The first expectation that fails, as a sentence; `nil` when all hold.
    func firstMismatch(_ expectations: [Expectation]) throws -> String? {
        for expectation in expectations {
            if let mismatch = try mismatch(expectation) { return mismatch }
        }
        return nil
    }

    /// The results that a step means.
    func only(_ filters: [ResultFilter]) throws -> [JSONValue] {
        let wanted = try filters.map { ($0.property, try references.text($0.text)) }
        return results.filter { result in
            wanted.allSatisfy { property, text in
                Self.value(result, property).map { same(Self.plain($0), text) } ?? false
            }
        }
    }

    private func mismatch(_ expectation: Expectation) throws -> String? {
        let name = expectation.property
        switch expectation.matcher {
        case .none: return results.isEmpty ? nil : "something was found where nothing should be"
        case .atLeast(let count): return results.count >= count ? nil : "\(results.count) results, \(count) expected"
        default: break
        }
        if results.isEmpty { return "nothing was found" }
        let values = results.map { Self.value($0, name) }
        switch expectation.matcher {
        case .equals(let template):
            let wanted = try references.text(template)
            return differing(values, name, { same($0, wanted) }, "expected \(wanted)")
        case .oneOf(let templates):
            let wanted = try templates.map(references.text)
            return differing(
                values, name, { text in wanted.contains { same(text, $0) } },
                "expected one of \(wanted.joined(separator: ", "))")
        case .isTrue: return differing(values, name, { same($0, "true") }, "expected true")
        case .isFalse: return differing(values, name, { same($0, "false") }, "expected false")
        case .present: return values.contains(where: Self.isEmpty) ? "\(name) is empty" : nil
        case .contains(let template):
            let wanted = try references.text(template)
            return values.contains { Self.texts($0).contains { same($0, wanted) } } ? nil : "\(name) lacks \(wanted)"
        case .containsAll(let template):
            let wanted = try list(template)
            let there = values.flatMap(Self.texts)
            let lacking = wanted.filter { one in !there.contains { same($0, one) } }
            return lacking.isEmpty ? nil : "\(name) lacks \(lacking.joined(separator: ", "))"
        case .none, .atLeast: return nil
        }
    }

    private func differing(
        _ values: [JSONValue?], _ name: String, _ holds: (String) -> Bool, _ wanted: String
    ) -> String? {
        let bad = values.map { $0.map(Self.plain) ?? "nothing" }.filter { !holds($0) }
        return bad.first.map { "\(name) is \($0), \(wanted)" }
    }

    private func list(_ template: String) throws -> [String] {
        if let name = References.wholeReference(template), case .list(let texts)? = references.lookup(name) {
            return texts
        }
        return Self.parts(try references.text(template))
    }

    private func same(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }

    // MARK: Values

    /// A property of a result; `.` is the result itself.
    static func value(_ result: JSONValue, _ property: String) -> JSONValue? {
        property == "." ? result : result[property]
    }

    private static func isEmpty(_ value: JSONValue?) -> Bool {
        switch value {
        case nil, .null?: true
        case .string(let text)?: text.isEmpty
        case .array(let items)?: items.isEmpty
        default: false
        }
    }

    /// A list, or the text of a flags type: `UM, UMCallRouter`.
    private static func texts(_ value: JSONValue?) -> [String] {
        (value?.texts ?? []).flatMap { text in
            [text] + parts(text)
        }
    }

    /// What stands between the commas, without the blanks around it.
    private static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            return String(part)
        }
    }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .array(let items): items.map(plain).joined(separator: ", ")
        case .null: "nothing"
        case .object: "an object"
        }
    }
}
