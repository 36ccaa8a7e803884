import FleetModel

/// Turns the tree of an inventory file into words of the model; every mistake goes to its reader.
///
/// The parts read on after a mistake with a stand-in, so whoever calls must not use the result before
/// ``YAMLReader/finish()`` has passed.
struct InventoryReader {
    let reader: YAMLReader
    let paths: ProjectPaths
    let file: String
    let root: YAMLNode
    /// Declared names, so that a mistake inside a declaration does not make its name unknown as well.
    let secretNames: [String]
    let authorityNames: [String]
    let bastionNames: [String]

    init(_ document: YAMLDocument, file: String, paths: ProjectPaths) {
        reader = YAMLReader(mistakes: document.mistakes)
        self.paths = paths
        self.file = file
        root = document.root
        secretNames = document.root["secrets"]?.entries?.map(\.name) ?? []
        authorityNames = document.root["authorities"]?.entries?.map(\.name) ?? []
        bastionNames = document.root["bastions"]?.entries?.map(\.name) ?? []
    }

    func inventory() throws(Diagnostics) -> Inventory {
        guard let top = reader.mapping(root, "inventory", keys: InventoryKeys.inventory) else {
            try reader.finish()
            preconditionFailure("a root that cannot be read is always reported")
        }
        readVersion(top)
        let defaults =
            top.mapping("defaults", keys: InventoryKeys.defaults).map { settings($0, at: .fleet) }
            ?? Settings()
        let bastions = self.bastions(top, deadlines: defaults.deadlines.deadlines)
        let pools = self.pools(top, defaults: defaults)
        let sipDomains = self.sipDomains(top, needed: pools.isEmpty || pools.contains { $0.type?.isExchange != true })
        PoolRules(reader: reader, pools: pools, sipDomains: sipDomains).check()
        BastionRules(reader: reader, bastions: bastions).check()
        SignInRules(reader: reader, root: root, hosts: signedInTo(pools), bastions: bastions.map(\.host)).check()
        let inventory = Inventory(
            folder: paths.folder, file: file, organization: organization(top), sipDomains: sipDomains,
            topology: topology(top), secrets: secrets(top), authorities: authorities(top),
            pools: pools.map(\.finished), groups: groups(top, pools: pools, bastions: bastions),
            bastions: bastions.map(\.host))
        try reader.finish()
        return inventory
    }

    private func readVersion(_ top: YAMLMapping) {
        guard let node = top.required("version"), let text = reader.text(node, "version"), text != "1" else { return }
        reader.report(node.place, "`version` must be 1, not \(Quoting.quote(text))")
    }

    /// Nobody signs in to a reverse proxy: it is named, not managed.
    private func signedInTo(_ pools: [PoolDraft]) -> [HostDraft] {
        pools.filter { $0.type != .reverseProxy }.flatMap(\.hosts)
    }

    /// - Parameter needed: Whether there is anything but Exchange, whose names have no SIP domain in them.
    private func sipDomains(_ top: YAMLMapping, needed: Bool) -> [String] {
        guard let node = top.required("sip_domains"), let domains = reader.texts(node, "sip_domains") else { return [] }
        if needed, node.items?.isEmpty == true {
            reader.report(node.place, "`sip_domains` is empty", hint: "name at least the primary SIP domain")
        }
        return distinct(domains.compactMap { fqdn($0, "sip_domains") }, "SIP domain").map(\.value)
    }

    private func groups(
        _ top: YAMLMapping, pools: [PoolDraft], bastions: [BastionDraft]
    ) -> [String: [String]] {
        let poolNames = pools.map(\.pool.name)
        let members = poolNames + pools.flatMap { $0.hosts.map(\.host.name) }
        // The command line takes all these names.
        for bastion in bastions where members.contains(bastion.host.name) {
            reader.report(
                bastion.host.place, "\(Quoting.quote(bastion.host.name)) is the name of a pool or host already")
        }
        var groups: [String: [String]] = [:]
        for entry in top.entries("groups") ?? [] {
            let name = identifier(entry, "group")
            if bastionNames.contains(entry.name) {
                reader.report(entry.place, "\(Quoting.quote(entry.name)) is the name of a bastion already")
            }
            if members.contains(entry.name) {
                reader.report(entry.place, "\(Quoting.quote(entry.name)) is the name of a pool or host already")
            }
            for member in reader.texts(entry.value, name) ?? [] {
                if members.contains(member.value) {
                    groups[entry.name, default: []].append(member.value)
                } else {
                    reader.report(
                        member.place, "unknown pool or host \(Quoting.quote(member.value)) in `\(name)`",
                        hint: Suggestion.hint(for: member.value, among: members))
                }
            }
            groups[entry.name, default: []] += []
        }
        return groups
    }
}

extension InventoryReader {
    /// The name that an entry declares, checked; for messages when it cannot be shown.
    func identifier(_ entry: YAMLEntry, _ what: String) -> String {
        guard checkIdentifier(entry.name, at: entry.place, what) else { return what }
        return entry.name
    }

    /// Reports a name that could not be part of a file name.
    @discardableResult
    func checkIdentifier(_ name: String, at place: SourcePlace, _ what: String) -> Bool {
        if NameRules.isIdentifier(name) { return true }
        reader.report(
            place, "\(Quoting.quote(name)) cannot be the name of a \(what)",
            hint: "up to 63 letters, digits, hyphens, underscores and dots, a letter or digit first")
        return false
    }

    /// A fully qualified domain name.
    func fqdn(_ name: Placed<String>, _ what: String, wildcard: Bool = false) -> Placed<String>? {
        guard let objection = NameRules.objection(toFQDN: name.value, wildcard: wildcard) else { return name }
        reader.report(name.place, "`\(what)` cannot be \(Quoting.quote(name.value)): \(objection)")
        return nil
    }

    func fqdn(_ mapping: YAMLMapping, _ key: String) -> String? {
        guard let node = mapping[key], let text = reader.text(node, key) else { return nil }
        return fqdn(Placed(text, at: node.place), key)?.value
    }

    /// An IP address or the name of a host.
    func address(_ mapping: YAMLMapping, _ key: String) -> String? {
        guard let node = mapping[key], let text = reader.text(node, key) else { return nil }
        guard let objection = NameRules.objection(toAddress: text) else { return text }
        return reader.refuse(node, "`\(key)` cannot be \(Quoting.quote(text)): \(objection)")
    }

    /// A path, made absolute.
    func path(_ node: YAMLNode?, _ key: String) -> String? {
        guard let node, let text = reader.text(node, key) else { return nil }
        switch paths.resolve(text) {
        case .success(let path): return path
        case .failure(let objection): return reader.refuse(node, "`\(key)`: \(objection.reason)")
        }
    }

    /// Reports what stands there twice, whatever the case, and keeps the first.
    func distinct(_ values: [Placed<String>], _ what: String) -> [Placed<String>] {
        var first: [String: SourcePlace] = [:]
        return values.filter { value in
            guard let earlier = first.updateValue(value.place, forKey: value.value.lowercased()) else { return true }
            reader.report(
                value.place,
                "duplicate \(what) \(Quoting.quote(value.value)): it already stands in line \(earlier.line)")
            return false
        }
    }
}
