import FleetModel

/// Reads the nodes of a procedure file as far as grammar goes; what a value means is checked afterwards.
///
/// A step with mistakes is still made, as far as it can be read, so that its captures are known and one mistake does
/// not bring others.
final class ProcedureReading {
    let reader: YAMLReader
    private let file: String
    /// Where a parameter's name stands, by the place of its value.
    var namePlaces: [SourcePlace: SourcePlace] = [:]
    /// The usages that `restarts` and `when` name.
    var usagePlaces: [Placed<String>] = []
    /// False after a mistake in `kind`: then the rules that depend on it cannot be judged.
    private(set) var kindIsKnown = true

    private static let keys = [
        "procedure", "title", "kind", "types", "versions", "sharing", "authorities", "restarts", "prepare", "switch",
        "finally",
    ]

    init(_ reader: YAMLReader, file: String) {
        self.reader = reader
        self.file = file
    }

    func procedure(_ root: YAMLNode) -> Procedure? {
        guard let mapping = reader.mapping(root, "procedure file", keys: Self.keys) else { return nil }
        let name = mapping.requiredText("procedure") ?? ""
        checkName(name, mapping)
        let title = mapping.requiredText("title") ?? ""
        _ = mapping.required("kind")
        let kind = mapping["kind"].flatMap {
            reader.word($0, "kind", of: ["certificate", "survey", "gate", "topology"])
        }.flatMap(Procedure.Kind.init(rawValue:))
        let types = words(mapping.required("types"), "types", PoolType.self)
        let versions = words(mapping.required("versions"), "versions", ProductVersion.self)
        let steps = ["prepare", "switch", "finally"].map { part in
            (mapping.list(part) ?? []).compactMap { step($0) }
        }
        if let kind { checkParts(kind, mapping) } else { kindIsKnown = false }
        let sharing = kind == .certificate ? words(mapping.required("sharing"), "sharing", Sharing.self) : []
        let authorities = mapping["authorities"].map { words($0, "authorities", AuthorityKind.self) } ?? []
        return Procedure(
            name: name, title: title, kind: kind ?? .certificate, types: types, versions: versions, sharing: sharing,
            authorities: authorities, restarts: restarts(mapping), prepare: steps[0], switching: steps[1],
            finally: steps[2], place: root.place)
    }

    private func checkName(_ name: String, _ mapping: YAMLMapping) {
        guard !name.isEmpty, let node = mapping["procedure"] else { return }
        let last = file.split(separator: "/").last.map(String.init) ?? file
        let stem = last.hasSuffix(".yaml") ? String(last.dropLast(5)) : last
        if name != stem { reader.report(node.place, "`procedure` must be the file's name, \(Quoting.quote(stem))") }
    }

    /// A survey, a gate and the topology look and restart nothing.
    private func checkParts(_ kind: Procedure.Kind, _ mapping: YAMLMapping) {
        if mapping["prepare"] == nil { _ = mapping.required("prepare") }
        guard kind != .certificate else { return }
        for key in ["sharing", "authorities", "restarts", "switch", "finally"] {
            guard let node = mapping[key] else { continue }
            reader.report(node.place, "a \(kind.rawValue) has no `\(key)`")
        }
    }

    private func restarts(_ mapping: YAMLMapping) -> [UsageRestart] {
        (mapping.entries("restarts") ?? []).map { entry in
            usagePlaces.append(Placed(entry.name, at: entry.place))
            let services = reader.texts(entry.value, "restarts") ?? []
            for service in services where service.value == "*" && services.count > 1 {
                reader.report(service.place, "`*` is every service and stands alone")
            }
            return UsageRestart(usage: entry.name, services: services.map(\.value))
        }
    }

    /// A list of an enumeration's words, each once; an empty list is a mistake.
    private func words<Word>(_ node: YAMLNode?, _ what: String, _ type: Word.Type) -> [Word]
    where Word: RawRepresentable & CaseIterable & Equatable, Word.RawValue == String {
        guard let node, let items = reader.list(node, what) else { return [] }
        if items.isEmpty { reader.report(node.place, "`\(what)` is empty") }
        var found: [Word] = []
        for item in items {
            guard let text = reader.word(item, what, of: Word.allCases.map(\.rawValue)),
                let word = Word(rawValue: text)
            else { continue }
            if found.contains(word) { reader.report(item.place, "\(Quoting.quote(text)) stands twice in `\(what)`") }
            found.append(word)
        }
        return found
    }
}
