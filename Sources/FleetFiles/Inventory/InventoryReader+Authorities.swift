import FleetModel

extension InventoryReader {
    func authorities(_ top: YAMLMapping) -> [String: AuthorityDefinition] {
        var authorities: [String: AuthorityDefinition] = [:]
        for entry in top.entries("authorities") ?? [] {
            let name = identifier(entry, "authority")
            authorities[entry.name] = authority(entry, name)
        }
        return authorities
    }

    private func authority(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let node = entry.value
        if node.isRefused { return nil }
        guard node.entries != nil else {
            return reader.refuse(node, "`\(name)` must be a mapping, not \(node.kind)")
        }
        guard let kindNode = node["kind"] else {
            reader.report(
                entry.place, "`kind` is missing in `\(name)`",
                hint: "known here: \(InventoryKeys.authorityKinds.joined(separator: ", "))")
            return nil
        }
        if let text = kindNode.text, InventoryKeys.laterAuthorityKinds.contains(text) {
            return reader.refuse(
                kindNode, "authorities of kind `\(text)` are not in this version yet",
                hint: "known here: \(InventoryKeys.authorityKinds.joined(separator: ", "))")
        }
        switch reader.word(kindNode, "kind", of: InventoryKeys.authorityKinds) {
        case "local": return local(entry, name)
        case "drop-folder": return dropFolder(entry, name)
        case "command": return command(entry, name)
        case "certsrv": return webEnrollment(entry, name)
        case "host-online": return hostOnline(entry, name)
        default: return nil
        }
    }

    private func local(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let keys = InventoryKeys.localAuthority
        guard let mapping = reader.mapping(entry.value, name, keys: keys, place: entry.place) else { return nil }
        let certificate = path(mapping.required("certificate"), "certificate")
        let key = path(mapping.required("key"), "key")
        let chain = self.chain(mapping)
        let issued = path(mapping["issued"], "issued")
        // Two years, as internal certificates have by custom, when nothing is said.
        let days = mapping.integer("days", in: 1...3650) ?? 730
        guard let certificate, let key else { return nil }
        return AuthorityDefinition(
            name: entry.name, kind: .local(certificate: certificate, key: key, days: days, issued: issued),
            chain: chain, place: entry.place)
    }

    private func dropFolder(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let keys = InventoryKeys.dropFolderAuthority
        guard let mapping = reader.mapping(entry.value, name, keys: keys, place: entry.place) else { return nil }
        let outbox = path(mapping.required("outbox"), "outbox")
        let inbox = path(mapping.required("inbox"), "inbox")
        let chain = self.chain(mapping)
        guard let outbox, let inbox else { return nil }
        if outbox == inbox, let node = mapping["inbox"] {
            reader.report(node.place, "`inbox` must be another folder than `outbox`")
        }
        return AuthorityDefinition(
            name: entry.name, kind: .dropFolder(outbox: outbox, inbox: inbox), chain: chain, place: entry.place)
    }

    func chain(_ mapping: YAMLMapping) -> [String] {
        guard let node = mapping.required("chain") else { return [] }
        if node.items?.isEmpty == true {
            reader.report(node.place, "`chain` is empty", hint: "name the files of the issuing and root certificates")
        }
        let nodes = node.text == nil ? reader.list(node, "chain") ?? [] : [node]
        return nodes.compactMap { path($0, "chain") }
    }
}
