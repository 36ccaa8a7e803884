import FleetModel

extension ProcedureReading {
    /// The keys `call`, `with` and `select`.
    func call(_ mapping: YAMLMapping) -> CallTemplate {
        let node = mapping.required("call")
        let select = (mapping.texts("select") ?? []).map(\.value)
        return CallTemplate(
            cmdlet: node.flatMap { reader.text($0, "call") } ?? "", parameters: parameters(mapping), select: select,
            place: node?.place ?? mapping.place)
    }

    /// The key `with`: a text is a string, everything else names its type.
    func parameters(_ mapping: YAMLMapping) -> [ParameterTemplate] {
        (mapping.entries("with") ?? []).compactMap { entry in
            namePlaces[entry.value.place] = entry.place
            guard Self.isWord(entry.name) else {
                reader.report(entry.place, "\(Quoting.quote(entry.name)) is no parameter's name")
                return nil
            }
            guard entry.value.entries != nil else {
                if entry.value.items != nil {
                    return reader.refuse(
                        entry.value, "`\(entry.name)` must be a text or name its type",
                        hint: "write { list: [ … ] }")
                }
                return reader.text(entry.value, entry.name).map {
                    ParameterTemplate(name: entry.name, type: .string, content: .text($0), place: entry.value.place)
                }
            }
            return typed(entry)
        }
    }

    /// What a parameter or a property can be called: letters, digits, underscore.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "_")
            }
    }

    private func typed(_ entry: YAMLEntry) -> ParameterTemplate? {
        let words = ValueType.allCases.map(\.rawValue)
        guard let box = reader.mapping(entry.value, entry.name, keys: words) else { return nil }
        guard let pair = entry.value.entries?.first, let type = ValueType(rawValue: pair.name) else {
            if entry.value.entries?.isEmpty == true {
                reader.report(entry.value.place, "`\(entry.name)` names no type")
            }
            return nil
        }
        if let second = entry.value.entries?.dropFirst().first, box[second.name] != nil {
            reader.report(second.place, "`\(entry.name)` has more than one type")
        }
        // Of a value that was refused the name still counts as given, so that one mistake does not bring another.
        let content = content(pair.value, type, entry.name) ?? .list([])
        return ParameterTemplate(name: entry.name, type: type, content: content, place: entry.value.place)
    }

    private func content(_ node: YAMLNode, _ type: ValueType, _ name: String) -> ParameterTemplate.Content? {
        if type == .list, node.items != nil {
            return reader.texts(node, name).map { .list($0.map(\.value)) }
        }
        guard let text = reader.text(node, name) else { return nil }
        let parsed = ReferenceText(text)
        if parsed.references.isEmpty, parsed.problem == nil, let wrong = Self.wrongLiteral(text, type) {
            return reader.refuse(node, "`\(name)` \(wrong), not \(Self.shown(text, type))")
        }
        return .text(text)
    }

    /// Why a text without references is no value of the type.
    private static func wrongLiteral(_ text: String, _ type: ValueType) -> String? {
        switch type {
        case .string: nil
        case .int: Int64(text) == nil ? "must be a whole number" : nil
        case .bool, .switch: text == "true" || text == "false" ? nil : "must be true or false"
        case .date: isDate(text) ? nil : "must be a date such as 2026-07-22T06:00:00"
        case .list: "must be a list, or a reference to one"
        case .bytes: "must be a reference to bytes"
        case .secure, .secretText, .credential: "must be a reference to a secret"
        }
    }

    /// A secret written out is a mistake that a message must not repeat.
    private static func shown(_ text: String, _ type: ValueType) -> String {
        switch type {
        case .secure, .secretText, .credential: "a value written out"
        default: Quoting.quote(text)
        }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        let day = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard day.map(\.count) == [4, 2, 2], day.allSatisfy({ Int($0) != nil }) else { return false }
        guard parts.count == 2 else { return true }
        let time = parts[1].prefix(8).split(separator: ":", omittingEmptySubsequences: false)
        return time.map(\.count) == [2, 2, 2] && time.allSatisfy { Int($0) != nil }
    }

    /// The key `capture`: name → property, or { property, secret }.
    func captures(_ mapping: YAMLMapping) -> [Capture] {
        let selected = mapping["select"]?.items?.compactMap(\.text)
        let isCall = mapping["call"] != nil
        return (mapping.entries("capture") ?? []).compactMap { entry in
            if !Self.isIdentifier(entry.name) {
                reader.report(
                    entry.place,
                    "a captured name has small letters, digits and hyphens only, not "
                        + Quoting.quote(entry.name))
            } else if KnownNames.isReserved(entry.name) {
                reader.report(entry.place, "\(Quoting.quote(entry.name)) is given already and cannot be captured")
            }
            var secret = false
            var node = entry.value
            if node.entries != nil {
                guard let box = reader.mapping(node, entry.name, keys: ["property", "secret"]),
                    let property = box.required("property")
                else { return nil }
                secret = box.flag("secret") ?? false
                node = property
            }
            guard let property = reader.text(node, entry.name) else { return nil }
            if isCall { checkSelected(property, selected, node.place) }
            return Capture(name: entry.name, property: property, secret: secret)
        }
    }

    /// Without `select` a result is plain text, with it it has just these properties.
    func checkSelected(_ property: String, _ selected: [String]?, _ place: SourcePlace) {
        guard property != ".", property != "*" else { return }
        guard let selected else {
            reader.report(place, "the property \(Quoting.quote(property)) needs `select`")
            return
        }
        guard !selected.contains(property) else { return }
        reader.report(
            place, "the property \(Quoting.quote(property)) is not in `select`",
            hint: Suggestion.hint(for: property, among: selected))
    }
}
