import FleetModel

extension InventoryReader {
    /// - Parameter key: What the levels above say of keys.
    func order(_ node: YAMLNode, key above: KeyLayer) -> OrderDraft? {
        let label = node["id"]?.text.flatMap { NameRules.isIdentifier($0) ? $0 : nil } ?? "orders"
        guard let mapping = reader.mapping(node, label, keys: InventoryKeys.order) else { return nil }
        let id = placedText(mapping, "id").flatMap { checkIdentifier($0.value, at: $0.place, "order") ? $0 : nil }
        let usages = usages(mapping)
        let sharing = sharing(mapping)
        let names = mapping.mapping("names", keys: InventoryKeys.names)
        let order = OrderDefinition(
            id: id?.value ?? "", usages: usages.map(\.value), authority: authority(mapping) ?? "",
            sharing: sharing ?? .host, addNames: self.names(names, "add"), dropNames: self.names(names, "drop"),
            key: key(mapping).over(above).specification,
            copiesExportable: mapping.flag("copies_exportable") ?? false, place: node.place)
        if order.copiesExportable, sharing == .host, let node = mapping["copies_exportable"] {
            reader.report(node.place, "`copies_exportable` needs `sharing: pool`: there are no copies otherwise")
        }
        return OrderDraft(order: order, id: id, usages: usages, sharing: sharing, mapping: mapping)
    }

    private func usages(_ mapping: YAMLMapping) -> [Placed<String>] {
        guard let node = mapping.required("usages"), let usages = reader.texts(node, "usages") else { return [] }
        if node.items?.isEmpty == true { reader.report(node.place, "`usages` is empty in `\(mapping.what)`") }
        return usages
    }

    private func authority(_ mapping: YAMLMapping) -> String? {
        guard let name = placedText(mapping, "authority") else { return nil }
        guard !authorityNames.contains(name.value) else { return name.value }
        reader.report(
            name.place, "unknown authority \(Quoting.quote(name.value))",
            hint: Suggestion.hint(for: name.value, among: authorityNames) ?? "declare it under `authorities`")
        return nil
    }

    /// `.host` when the file says nothing, `nil` after a mistake.
    private func sharing(_ mapping: YAMLMapping) -> Sharing? {
        guard let node = mapping["sharing"] else { return .host }
        if node.text == Sharing.global.rawValue {
            return reader.refuse(node, "`sharing: global` comes with a later version")
        }
        let words = [Sharing.host, .pool].map(\.rawValue)
        return reader.word(node, "sharing", of: words).flatMap(Sharing.init(rawValue:))
    }

    private func names(_ mapping: YAMLMapping?, _ key: String) -> [String] {
        let names = (mapping?.texts(key) ?? []).compactMap { fqdn($0, key, wildcard: true) }
        return distinct(names, "name").map(\.value)
    }
}
