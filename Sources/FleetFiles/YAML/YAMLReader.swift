package import FleetModel

/// Reads nodes as the schema's types and collects every mistake of meaning on the way.
///
/// Nothing here throws at the first mistake: a reading function that cannot read reports and returns `nil`, and the
/// caller goes on with the next key. ``finish()`` throws them all, in the order of the file. `what` is how messages
/// name the value, as a rule its key. Nodes that the parser refused are passed over in silence.
package final class YAMLReader {
    package private(set) var mistakes: [Diagnostic]

    /// - Parameter mistakes: What the parser has found already.
    package init(mistakes: [Diagnostic] = []) {
        self.mistakes = mistakes
    }

    package func report(_ place: SourcePlace, _ message: String, hint: String? = nil) {
        mistakes.append(Diagnostic(place, message, hint: hint))
    }

    /// Throws all mistakes in the order of the file, if there are any.
    package func finish() throws(Diagnostics) {
        guard !mistakes.isEmpty else { return }
        throw Diagnostics(
            mistakes.enumerated().sorted {
                ($0.element.place.line, $0.element.place.column, $0.offset)
                    < ($1.element.place.line, $1.element.place.column, $1.offset)
            }.map(\.element))
    }

    /// Any scalar, quoted or not, as text; empty text and control characters are refused.
    package func text(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = scalar(node, what, wanted: "a text") else { return nil }
        guard !text.isEmpty else { return refuse(node, "`\(what)` is empty") }
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            return refuse(node, "`\(what)` contains a control character")
        }
        return text
    }

    /// A whole decimal number within a range.
    package func integer(_ node: YAMLNode, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = scalar(node, what, wanted: "a whole number") else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(text) else {
            return refuse(node, "`\(what)` must be a whole number, not \(Quoting.quote(text))")
        }
        guard range.contains(number) else {
            return refuse(
                node, "`\(what)` must be between \(range.lowerBound) and \(range.upperBound), not \(number)")
        }
        return number
    }

    /// `true` or `false`, in these letters and unquoted.
    package func flag(_ node: YAMLNode, _ what: String) -> Bool? {
        switch node.content {
        case .scalar("true", quoted: false): true
        case .scalar("false", quoted: false): false
        default:
            scalar(node, what, wanted: "true or false").flatMap {
                refuse(node, "`\(what)` must be true or false, not \(Quoting.quote($0))")
            }
        }
    }

    /// A length of time as `60d`, `2h`, `20m`, `90s` or `250ms`, within a range.
    package func duration(_ node: YAMLNode, _ what: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let text = scalar(node, what, wanted: "a duration") else { return nil }
        guard let duration = Duration(text: text) else {
            return refuse(
                node, "`\(what)` must be a duration, not \(Quoting.quote(text))",
                hint: "a whole number and a unit: 60d, 2h, 20m, 90s or 250ms")
        }
        guard range.contains(duration) else {
            return refuse(
                node, "`\(what)` must be between \(range.lowerBound.text) and \(range.upperBound.text), not \(text)")
        }
        return duration
    }

    /// One of some words.
    package func word(_ node: YAMLNode, _ what: String, of words: [String]) -> String? {
        guard let text = text(node, what) else { return nil }
        guard words.contains(text) else {
            return refuse(
                node, "`\(what)` cannot be \(Quoting.quote(text))", hint: Suggestion.hint(for: text, among: words))
        }
        return text
    }

    /// The elements of a list.
    package func list(_ node: YAMLNode, _ what: String) -> [YAMLNode]? {
        if node.isRefused { return nil }
        return node.items
            ?? refuse(
                node, "`\(what)` must be a list, not \(node.kind)",
                hint: "in brackets, [one, two], or each item in a line of its own behind `- `")
    }

    /// A list of texts, each with its place; elements that are none are reported and left out.
    package func texts(_ node: YAMLNode, _ what: String) -> [Placed<String>]? {
        list(node, what)?.compactMap { item in text(item, what).map { Placed($0, at: item.place) } }
    }

    /// A list of texts, or a single text as a list of one.
    package func textOrTexts(_ node: YAMLNode, _ what: String) -> [Placed<String>]? {
        guard node.text != nil else { return texts(node, what) }
        return text(node, what).map { [Placed($0, at: node.place)] }
    }

    /// A mapping whose keys are names that the file gives, such as pools.
    package func entries(_ node: YAMLNode, _ what: String) -> [YAMLEntry]? {
        if node.isRefused { return nil }
        return node.entries ?? refuse(node, "`\(what)` must be a mapping, not \(node.kind)")
    }

    /// A mapping of known keys; each unknown one is reported, with the known one that it resembles.
    ///
    /// - Parameter place: Where a missing key is to be reported; by default where the mapping begins.
    package func mapping(
        _ node: YAMLNode, _ what: String, keys: [String], place: SourcePlace? = nil
    ) -> YAMLMapping? {
        guard let entries = entries(node, what) else { return nil }
        var mistyped: Set<String> = []
        for entry in entries where !keys.contains(entry.name) {
            if let meant = Suggestion.closest(to: entry.name, among: keys) { mistyped.insert(meant) }
            report(
                entry.place, "unknown key \(Quoting.quote(entry.name)) in `\(what)`",
                hint: Suggestion.hint(for: entry.name, among: keys))
        }
        return YAMLMapping(
            reader: self, what: what, place: place ?? node.place,
            values: Dictionary(
                entries.filter { keys.contains($0.name) }.map { ($0.name, $0.value) },
                uniquingKeysWith: { first, _ in first }), mistyped: mistyped)
    }

    /// Reports a mistake at a node and returns nothing.
    package func refuse<Value>(_ node: YAMLNode, _ message: String, hint: String? = nil) -> Value? {
        report(node.place, message, hint: hint)
        return nil
    }

    private func scalar(_ node: YAMLNode, _ what: String, wanted: String) -> String? {
        if node.isRefused { return nil }
        if node.isEmpty { return refuse(node, "`\(what)` has no value", hint: "give it one or remove the key") }
        return node.text ?? refuse(node, "`\(what)` must be \(wanted), not \(node.kind)")
    }
}

/// A value and where it stands.
package struct Placed<Value> {
    package var value: Value
    package var place: SourcePlace

    package init(_ value: Value, at place: SourcePlace) {
        self.value = value
        self.place = place
    }
}

extension Placed: Sendable where Value: Sendable {}
extension Placed: Equatable where Value: Equatable {}
