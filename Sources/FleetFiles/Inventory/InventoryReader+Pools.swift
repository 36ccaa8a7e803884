import FleetModel

/// A pool that was read, with what is needed to say where its mistakes stand.
struct PoolDraft {
    var pool: Pool
    /// `nil` when it could not be read; rules of its type are then left alone.
    var type: PoolType?
    var version: ProductVersion?
    var mapping: YAMLMapping
    var hosts: [HostDraft]
    var orders: [OrderDraft]

    /// Where the value of a key stands.
    func place(of key: String) -> SourcePlace { mapping[key]?.place ?? pool.place }

    var finished: Pool {
        var pool = pool
        pool.hosts = hosts.map(\.host)
        pool.orders = orders.map(\.order)
        return pool
    }
}

/// A host with the places of its names.
struct HostDraft {
    var host: Host
    var ssh: SSHLayer
    var node: YAMLNode
    var name: Placed<String>?
    var fqdn: Placed<String>?
}

/// An order with the places of its parts.
struct OrderDraft {
    var order: OrderDefinition
    var id: Placed<String>?
    var usages: [Placed<String>]
    /// `nil` after a mistake.
    var sharing: Sharing?
    var mapping: YAMLMapping
}

extension InventoryReader {
    func pools(_ top: YAMLMapping, defaults: Settings) -> [PoolDraft] {
        guard let sites = top.required("sites").flatMap({ reader.entries($0, "sites") }) else { return [] }
        return sites.flatMap { site in
            let name = identifier(site, "site")
            guard
                let mapping = reader.mapping(site.value, name, keys: InventoryKeys.site, place: site.place)
            else { return [PoolDraft]() }
            let settings = settings(mapping, at: .site(site.name)).over(defaults)
            let pools = mapping.required("pools").flatMap { reader.entries($0, "pools") } ?? []
            return pools.compactMap { pool($0, site: site.name, above: settings) }
        }
    }

    private func pool(_ entry: YAMLEntry, site: String, above: Settings) -> PoolDraft? {
        let name = identifier(entry, "pool")
        guard let mapping = reader.mapping(entry.value, name, keys: InventoryKeys.pool, place: entry.place) else {
            return nil
        }
        let type = poolType(mapping)
        let settings = settings(mapping, at: .pool(entry.name)).over(above)
        let version = version(settings, type: type, name: name, mapping)
        var pool = Pool(
            name: entry.name, site: site, type: type ?? .frontEnd, version: version ?? .v2019, place: entry.place)
        pool.fqdn = fqdn(mapping, "fqdn")
        pool.webInternal = fqdn(mapping, "web_internal")
        pool.webExternal = fqdn(mapping, "web_external")
        pool.pairedWith = mapping.text("paired_with")
        pool.nextHop = mapping.text("next_hop")
        pool.access = service(mapping, "access")
        pool.webConferencing = service(mapping, "web_conferencing")
        pool.av = service(mapping, "av")
        pool.serves = mapping.texts("serves")?.map(\.value) ?? []
        pool.loadBalancing = mapping.choice("load_balancing", LoadBalancing.self)
        pool.rollout = settings.rollout
        if let lead = settings.lead { pool.lead = lead }
        // A reverse proxy is named, not managed: its listener's names need no server and no order.
        let isNamedOnly = type == .reverseProxy
        let hosts = elements(mapping, "hosts", optional: isNamedOnly).compactMap { host($0, above: settings) }
        let orders = elements(mapping, "orders", optional: isNamedOnly).compactMap {
            order($0, key: settings.key, type: type)
        }
        return PoolDraft(
            pool: pool, type: type, version: version, mapping: mapping, hosts: hosts, orders: orders)
    }

    private func poolType(_ mapping: YAMLMapping) -> PoolType? {
        guard let node = mapping.required("type") else { return nil }
        let words = InventoryKeys.poolTypes.map(\.rawValue)
        return reader.word(node, "type", of: words).flatMap(PoolType.init(rawValue:))
    }

    /// The pool's version, wherever it comes from, when its type can have it.
    private func version(
        _ settings: Settings, type: PoolType?, name: String, _ mapping: YAMLMapping
    ) -> ProductVersion? {
        guard let type else { return nil }
        if type == .reverseProxy { return settings.version?.value ?? .v2019 }
        let hint = "one of \(UsageRules.versions(of: type).map(\.rawValue).joined(separator: ", "))"
        guard let version = settings.version else {
            if !mapping.lacks("version") { return nil }
            if !type.isExchange { return .v2019 }
            reader.report(mapping.place, "`version` is missing in `\(name)`", hint: hint)
            return nil
        }
        guard let objection = UsageRules.objection(to: version.value, for: type) else { return version.value }
        if mapping["version"] != nil {
            reader.report(version.place, objection, hint: hint)
        } else {
            reader.report(
                mapping.place,
                "`\(name)` takes version \(version.value.rawValue) from line \(version.place.line): \(objection)",
                hint: "give the pool a `version` of its own: \(hint)")
        }
        return nil
    }

    private func service(_ mapping: YAMLMapping, _ key: String) -> EdgeService? {
        guard let service = mapping.mapping(key, keys: InventoryKeys.service) else { return nil }
        let fqdn = service.required("fqdn").flatMap { _ in self.fqdn(service, "fqdn") }
        let port = service["port"] == nil ? 443 : service.integer("port", in: 1...65535)
        guard let fqdn, let port else { return nil }
        return EdgeService(fqdn: fqdn, port: port)
    }

    /// The elements of a list that must not be empty, unless it is optional.
    private func elements(_ mapping: YAMLMapping, _ key: String, optional: Bool) -> [YAMLNode] {
        if optional { return mapping.list(key) ?? [] }
        guard let node = mapping.required(key), let items = reader.list(node, key) else { return [] }
        if items.isEmpty { reader.report(node.place, "`\(key)` is empty in `\(mapping.what)`") }
        return items
    }
}
