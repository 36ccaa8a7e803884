import FleetModel

extension ProcedureReading {
    private static let matchers = ["equals", "one-of", "contains", "contains-all", "at-least"]
    private static let matcherHint =
        "one of: present, \"true\", \"false\", { equals: … }, { one-of: [ … ] }, { contains: … }, "
        + "{ contains-all: … }, { at-least: … }"

    /// The key `expect`: `none`, or property → matcher.
    func expectations(_ mapping: YAMLMapping) -> [Expectation] {
        guard let node = mapping["expect"] else { return [] }
        if node.text == "none" { return [Expectation(property: ".", matcher: .none, place: node.place)] }
        let selected = mapping["select"]?.items?.compactMap(\.text)
        let isCall = mapping["call"] != nil
        guard let entries = reader.entries(node, "expect") else { return [] }
        if entries.isEmpty { reader.report(node.place, "`expect` is empty") }
        return entries.compactMap { entry in
            guard entry.name == "." || Self.isWord(entry.name) else {
                reader.report(entry.place, "\(Quoting.quote(entry.name)) is no property's name")
                return nil
            }
            if isCall { checkSelected(entry.name, selected, entry.place) }
            return matcher(entry.value, entry.name).map {
                Expectation(property: entry.name, matcher: $0, place: entry.place)
            }
        }
    }

    /// The key `where`: property → text.
    func filters(_ mapping: YAMLMapping) -> [ResultFilter] {
        let selected = mapping["select"]?.items?.compactMap(\.text)
        return (mapping.entries("where") ?? []).compactMap { entry in
            if mapping["call"] != nil { checkSelected(entry.name, selected, entry.place) }
            return reader.text(entry.value, entry.name).map {
                ResultFilter(property: entry.name, text: $0, place: entry.value.place)
            }
        }
    }

    private func matcher(_ node: YAMLNode, _ property: String) -> Expectation.Matcher? {
        if let text = node.text {
            switch text {
            case "present": return .present
            case "true": return .isTrue
            case "false": return .isFalse
            default:
                return reader.refuse(
                    node, "unknown matcher \(Quoting.quote(text)) for `\(property)`", hint: Self.matcherHint)
            }
        }
        guard let box = reader.mapping(node, property, keys: Self.matchers) else { return nil }
        let known = (node.entries ?? []).filter { Self.matchers.contains($0.name) }
        guard known.count == 1, let entry = known.first else {
            return known.isEmpty && node.entries?.isEmpty == false
                ? nil : reader.refuse(node, "`\(property)` needs one matcher", hint: Self.matcherHint)
        }
        switch entry.name {
        case "equals": return box.text("equals").map { .equals($0) }
        case "contains": return box.text("contains").map { .contains($0) }
        case "one-of": return box.texts("one-of").map { .oneOf($0.map(\.value)) }
        case "contains-all": return containsAll(entry.value)
        default: return box.integer("at-least", in: 0...100_000).map { .atLeast($0) }
        }
    }

    private func containsAll(_ node: YAMLNode) -> Expectation.Matcher? {
        guard let text = reader.text(node, "contains-all") else { return nil }
        guard let whole = ReferenceText(text).whole, !whole.optional else {
            return reader.refuse(node, "`contains-all` takes a reference to a list, such as \"${order.usages}\"")
        }
        // Running wants the reference's name as it stands in a text.
        return .containsAll(text)
    }
}
