import FleetModel

extension InventoryReader {
    /// - Parameters:
    ///   - key: What the levels above say of keys.
    ///   - type: The pool's; a reverse proxy's listener has neither usages nor an authority of ours.
    func order(_ node: YAMLNode, key above: KeyLayer, type: PoolType?) -> OrderDraft? {
        let label = node["id"]?.text.flatMap { NameRules.isIdentifier($0) ? $0 : nil } ?? "orders"
        guard let mapping = reader.mapping(node, label, keys: InventoryKeys.order) else { return nil }
        let id = placedText(mapping, "id").flatMap { checkIdentifier($0.value, at: $0.place, "order") ? $0 : nil }
        let isNamedOnly = type == .reverseProxy
        let usages = isNamedOnly ? mapping.texts("usages") ?? [] : usages(mapping)
        let sharing = sharing(mapping, usages: usages.map(\.value))
        let authority = isNamedOnly && mapping["authority"] == nil ? "" : authority(mapping) ?? ""
        let names = mapping.mapping("names", keys: InventoryKeys.names)
        let order = OrderDefinition(
            id: id?.value ?? "", usages: usages.map(\.value), authority: authority,
            sharing: sharing ?? .host, addNames: self.names(names, "add"), dropNames: self.names(names, "drop"),
            sipDomains: names?["sip_domains"] == nil ? nil : self.names(names, "sip_domains"),
            key: key(mapping).over(above).specification,
            copiesExportable: mapping.flag("copies_exportable") ?? false,
            assignment: mapping.choice("assign", Assignment.self) ?? .automatic, place: node.place)
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

    /// What goes without saying when the file says nothing, `nil` after a mistake.
    private func sharing(_ mapping: YAMLMapping, usages: [String]) -> Sharing? {
        guard mapping["sharing"] != nil else { return usages == UsageRules.global ? .global : .host }
        return mapping.choice("sharing", Sharing.self)
    }

    private func names(_ mapping: YAMLMapping?, _ key: String) -> [String] {
        let names = (mapping?.texts(key) ?? []).compactMap { fqdn($0, key, wildcard: true) }
        return distinct(names, "name").map(\.value)
    }
}
