import FleetModel

extension InventoryReader {
    func host(_ node: YAMLNode, above: Settings) -> HostDraft? {
        let label = node["name"]?.text.flatMap { NameRules.isIdentifier($0) ? $0 : nil } ?? "hosts"
        guard let mapping = reader.mapping(node, label, keys: InventoryKeys.host) else { return nil }
        let name = placedText(mapping, "name").flatMap {
            checkIdentifier($0.value, at: $0.place, "host") ? $0 : nil
        }
        let fqdn = placedText(mapping, "fqdn").flatMap { self.fqdn($0, "fqdn") }
        let settings = settings(mapping, at: .host(name?.value ?? "")).over(above)
        let external = mapping.mapping("external", keys: InventoryKeys.external)
        let host = Host(
            name: name?.value ?? "", fqdn: fqdn?.value ?? "",
            address: address(mapping, "address") ?? fqdn?.value ?? "",
            ssh: settings.ssh.settings(knownHosts: "\(paths.folder)/known_hosts"),
            deadlines: settings.deadlines.deadlines,
            externalAccess: external.flatMap { address($0, "access") },
            externalWebConferencing: external.flatMap { address($0, "web_conferencing") },
            ports: ports(mapping), place: node.place)
        return HostDraft(host: host, ssh: settings.ssh, node: node, name: name, fqdn: fqdn)
    }

    /// A text that must be there, with its place.
    func placedText(_ mapping: YAMLMapping, _ key: String) -> Placed<String>? {
        guard let node = mapping.required(key), let text = reader.text(node, key) else { return nil }
        return Placed(text, at: node.place)
    }

    private func ports(_ mapping: YAMLMapping) -> [PortMapping] {
        (mapping.list("ports") ?? []).compactMap { node in
            guard let port = reader.mapping(node, "ports", keys: InventoryKeys.port) else { return nil }
            let usage = port.required("usage").flatMap { reader.word($0, "usage", of: UsageRules.all) }
            let standard = port.required("for").flatMap { reader.integer($0, "for", in: 1...65535) }
            let actual = port.required("port").flatMap { reader.integer($0, "port", in: 1...65535) }
            guard let usage, let standard, let actual else { return nil }
            return PortMapping(usage: usage, standard: standard, port: actual)
        }
    }
}
