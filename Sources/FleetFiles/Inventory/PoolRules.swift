import FleetModel

/// The rules between pools, hosts and orders, which no part can be judged by alone.
struct PoolRules {
    let reader: YAMLReader
    let pools: [PoolDraft]
    let sipDomains: [String]

    func check() {
        checkNames()
        checkDeployment()
        for pool in pools {
            checkReferences(pool)
            checkOrders(pool)
            if let type = pool.type { checkShape(pool, type) }
        }
    }

    // MARK: Names

    private func checkNames() {
        var seen = Seen(reader: reader)
        for pool in pools { seen.take(Placed(pool.pool.name, at: pool.pool.place), "pool") }
        var names = Seen(reader: reader)
        let poolNames = Set(pools.map { $0.pool.name.lowercased() })
        for host in pools.flatMap(\.hosts) {
            guard let name = host.name else { continue }
            names.take(name, "host name")
            if poolNames.contains(name.value.lowercased()) {
                reader.report(name.place, "\(Quoting.quote(name.value)) is the name of a pool already")
            }
        }
        var fqdns = Seen(reader: reader)
        for host in pools.flatMap(\.hosts) { host.fqdn.map { fqdns.take($0, "FQDN") } }
        for pool in pools {
            guard let fqdn = pool.pool.fqdn else { continue }
            // A Standard Edition server and a single Edge server are pools under their own name.
            let isOwnHost = pool.hosts.count == 1 && pool.hosts[0].fqdn?.value.lowercased() == fqdn.lowercased()
            if isOwnHost && pool.type != .frontEnd { continue }
            fqdns.take(Placed(fqdn, at: pool.place(of: "fqdn")), "FQDN")
        }
        checkAddresses()
    }

    /// One server under two names would be changed by two at once. Behind another bastion an address is another server's.
    private func checkAddresses() {
        var first: [[String]: SourcePlace] = [:]
        for host in pools.flatMap(\.hosts) {
            guard let node = host.node["address"], let text = node.text else { continue }
            let ssh = host.host.ssh
            let key = [text.lowercased(), "\(ssh.port)", ssh.bastion ?? ""]
            guard let earlier = first[key] else {
                first[key] = node.place
                continue
            }
            reader.report(
                node.place,
                "duplicate address \(Quoting.quote(text)), port \(ssh.port): it already stands in line \(earlier.line)")
        }
    }

    // MARK: References

    private func checkReferences(_ draft: PoolDraft) {
        let pool = draft.pool
        // A key that means nothing for the type has its own message.
        let fits = { (key: String) in
            !UsageRules.keysOfTypes.contains { rule in
                rule.key == key && draft.type.map { !rule.types.contains($0) } ?? false
            }
        }
        if let partner = pool.pairedWith, fits("paired_with"),
            let other = home(partner, "paired_with", at: draft.place(of: "paired_with"))
        {
            if other.pool.name == pool.name {
                reader.report(draft.place(of: "paired_with"), "a pool cannot be paired with itself")
            } else if other.pool.pairedWith != pool.name {
                reader.report(
                    draft.place(of: "paired_with"), "`\(other.pool.name)` is not paired with `\(pool.name)`",
                    hint: "pairing is mutual: give `\(other.pool.name)` the line `paired_with: \(pool.name)`")
            }
        }
        if let next = pool.nextHop, fits("next_hop") {
            _ = home(next, "next_hop", at: draft.place(of: "next_hop"), directors: true)
        }
        for node in draft.mapping["serves"]?.items ?? [] where fits("serves") {
            if let name = node.text, pool.serves.contains(name) { _ = home(name, "serves", at: node.place) }
        }
    }

    /// The pool of that name that users can be homed on, or a Director pool in front of it.
    private func home(
        _ name: String, _ key: String, at place: SourcePlace, directors: Bool = false
    ) -> PoolDraft? {
        guard let other = pools.first(where: { $0.pool.name == name }) else {
            reader.report(
                place, "unknown pool \(Quoting.quote(name)) in `\(key)`",
                hint: Suggestion.hint(for: name, among: pools.map(\.pool.name)))
            return nil
        }
        guard let type = other.type else { return nil }
        guard UsageRules.homes.contains(type) || (directors && type == .director) else {
            reader.report(place, "`\(key)` must be a Front End pool: `\(name)` is of type `\(type.rawValue)`")
            return nil
        }
        return other
    }

    // MARK: Orders

    private func checkOrders(_ draft: PoolDraft) {
        if let type = draft.type {
            OrderNameRules(reader: reader, type: type, sipDomains: sipDomains).check(draft.orders)
        }
        var ids = Seen(reader: reader)
        var usages = Seen(reader: reader)
        for order in draft.orders {
            order.id.map { ids.take($0, "order") }
            for usage in order.usages {
                guard checkUsage(usage, in: draft) else { continue }
                if !UsageRules.global.contains(usage.value) { usages.take(usage, "usage") }
                if usage.value == "AudioVideoAuthentication", order.sharing == .host, draft.hosts.count > 1 {
                    reader.report(
                        usage.place, "members of an Edge pool must hold the same `AudioVideoAuthentication` key",
                        hint: "write `sharing: pool`: a token signed by one member fails on the others otherwise")
                }
            }
            checkGlobal(order)
            guard let type = draft.type, order.sharing == .pool, !UsageRules.mayShareKey(type) else { continue }
            reader.report(
                order.mapping["sharing"]?.place ?? order.order.place,
                "members of `\(type.rawValue)` pools cannot share a key in this version",
                hint: "write `sharing: host`, or leave it out")
        }
    }

    /// `OAuthTokenIssuer` and `sharing: global` belong together, and to nothing else.
    private func checkGlobal(_ order: OrderDraft) {
        let global = order.usages.filter { UsageRules.global.contains($0.value) }
        if let usage = global.first, order.usages.count > global.count {
            reader.report(
                usage.place, "`\(usage.value)` is one certificate for the whole deployment, the others are not",
                hint: "give it an order of its own with `sharing: global`")
        } else if let usage = global.first, let sharing = order.sharing, sharing != .global {
            reader.report(
                order.mapping["sharing"]?.place ?? usage.place,
                "`\(usage.value)` is one certificate for the whole deployment", hint: "write `sharing: global`")
        } else if order.sharing == .global, global.isEmpty, let node = order.mapping["sharing"] {
            reader.report(
                node.place, "`sharing: global` is for `OAuthTokenIssuer` only",
                hint: "write `sharing: host` or `sharing: pool`")
        }
    }

    /// One certificate of the deployment is ordered once, whichever pool it is made in.
    private func checkDeployment() {
        var usages = Seen(reader: reader)
        for usage in pools.flatMap(\.orders).flatMap(\.usages) where UsageRules.global.contains(usage.value) {
            usages.take(usage, "usage")
        }
    }

    private func checkUsage(_ usage: Placed<String>, in draft: PoolDraft) -> Bool {
        guard let type = draft.type else { return false }
        // Without a version that could be read, the widest one is taken.
        let version = draft.version ?? .v2013
        let legal = UsageRules.legal(for: type, version: version)
        if legal.contains(usage.value) { return true }
        let whose = UsageRules.legal(for: type, version: .v2013).contains(usage.value)
        reader.report(
            usage.place,
            "\(Quoting.quote(usage.value)) is no usage of `\(type.rawValue)` pools"
                + (whose ? " of version \(version.rawValue)" : ""),
            hint: Suggestion.hint(for: usage.value, among: legal))
        return false
    }

    // MARK: Shape

    private func checkShape(_ draft: PoolDraft, _ type: PoolType) {
        let pool = draft.pool
        for (key, types) in UsageRules.keysOfTypes where draft.mapping[key] != nil && !types.contains(type) {
            reader.report(draft.place(of: key), "`\(key)` means nothing for `\(type.rawValue)` pools")
        }
        let isPool = [.director, .mediation].contains(type) && draft.hosts.count > 1
        if type == .frontEnd || type == .edge || isPool, draft.mapping.lacks("fqdn") {
            reader.report(pool.place, "`fqdn` is missing in `\(draft.mapping.what)`")
        }
        let external = draft.orders.flatMap(\.usages).contains {
            !["Internal", "AudioVideoAuthentication"].contains($0.value)
        }
        if type == .edge, external, draft.mapping.lacks("access") {
            reader.report(pool.place, "`access` is missing in `\(draft.mapping.what)`")
        }
        if type == .reverseProxy, draft.mapping.lacks("fqdn"), draft.mapping.lacks("web_external") {
            reader.report(pool.place, "`web_external` is missing in `\(draft.mapping.what)`")
        }
        if type == .standardEdition {
            if draft.hosts.count > 1 {
                reader.report(draft.place(of: "hosts"), "a Standard Edition server is a pool of one host")
            } else if let fqdn = pool.fqdn, let host = draft.hosts.first?.fqdn?.value,
                fqdn.lowercased() != host.lowercased()
            {
                reader.report(draft.place(of: "fqdn"), "the pool of a Standard Edition server has the server's FQDN")
            }
        }
        for host in draft.hosts {
            if type != .edge, let external = host.node["external"] {
                reader.report(external.place, "`external` means nothing for `\(type.rawValue)` pools")
            }
            checkPorts(host.node, draft, type)
        }
    }

    private func checkPorts(_ node: YAMLNode, _ draft: PoolDraft, _ type: PoolType) {
        let legal = UsageRules.legal(for: type, version: draft.version ?? .v2013)
        var seen: Set<String> = []
        for port in node["ports"]?.items ?? [] {
            guard let usage = port["usage"], let text = usage.text, UsageRules.all.contains(text) else { continue }
            if !legal.contains(text) {
                reader.report(usage.place, "`\(text)` is no usage of `\(type.rawValue)` pools")
            } else if let standard = port["for"]?.text, !seen.insert("\(text) \(standard)").inserted {
                reader.report(port.place, "`ports` already says where `\(text)` for \(Quoting.quote(standard)) is")
            }
        }
    }
}

/// Values that may stand only once, whatever their case.
private struct Seen {
    let reader: YAMLReader
    private var first: [String: SourcePlace] = [:]

    init(reader: YAMLReader) { self.reader = reader }

    mutating func take(_ value: Placed<String>, _ what: String) {
        let key = value.value.lowercased()
        if let earlier = first[key] {
            reader.report(
                value.place,
                "duplicate \(what) \(Quoting.quote(value.value)): it already stands in line \(earlier.line)")
        } else {
            first[key] = value.place
        }
    }
}
