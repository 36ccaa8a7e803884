package import FleetModel

/// A mapping that was checked against its known keys; it reads their values by the types that the caller names.
///
/// Every function returns `nil` for an absent key, and for a bad value after reporting it.
package struct YAMLMapping {
    package let reader: YAMLReader
    /// How messages name the mapping.
    package let what: String
    /// Where a missing key is reported.
    package let place: SourcePlace
    /// Of known keys only: what else the file has there was reported and is not read.
    let values: [String: YAMLNode]
    /// Known keys that the file seems to mean by an unknown one: they were hinted at and are not missing as well.
    let mistyped: Set<String>

    /// The value under a key, if the file has one.
    package subscript(_ key: String) -> YAMLNode? { values[key] }

    /// The value under a key that must be there; its absence is reported.
    package func required(_ key: String) -> YAMLNode? {
        if let node = values[key] { return node }
        guard lacks(key) else { return nil }
        reader.report(place, "`\(key)` is missing in `\(what)`")
        return nil
    }

    /// Whether the file says nothing of a key, not even a mistyped one.
    package func lacks(_ key: String) -> Bool { values[key] == nil && !mistyped.contains(key) }

    package func text(_ key: String) -> String? { self[key].flatMap { reader.text($0, key) } }

    package func requiredText(_ key: String) -> String? { required(key).flatMap { reader.text($0, key) } }

    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self[key].flatMap { reader.integer($0, key, in: range) }
    }

    package func flag(_ key: String) -> Bool? { self[key].flatMap { reader.flag($0, key) } }

    package func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        self[key].flatMap { reader.duration($0, key, in: range) }
    }

    package func word(_ key: String, of words: [String]) -> String? {
        self[key].flatMap { reader.word($0, key, of: words) }
    }

    /// A word of an enumeration whose raw values are the file's words.
    package func choice<Choice>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        word(key, of: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
    }

    package func texts(_ key: String) -> [Placed<String>]? { self[key].flatMap { reader.texts($0, key) } }

    package func textOrTexts(_ key: String) -> [Placed<String>]? { self[key].flatMap { reader.textOrTexts($0, key) } }

    package func list(_ key: String) -> [YAMLNode]? { self[key].flatMap { reader.list($0, key) } }

    package func entries(_ key: String) -> [YAMLEntry]? { self[key].flatMap { reader.entries($0, key) } }

    package func mapping(_ key: String, keys: [String]) -> YAMLMapping? {
        self[key].flatMap { reader.mapping($0, key, keys: keys) }
    }
}
