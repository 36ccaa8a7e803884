import FleetModel

extension YAMLLines {
    mutating func organization(_ organization: Organization) {
        let members: [(String, String?)] = [
            ("name", organization.name), ("unit", organization.unit), ("locality", organization.locality),
            ("state", organization.state), ("country", organization.country),
        ]
        add("organization: \(flow(members.map { ($0, $1.map(scalar)) }))")
    }

    mutating func topology(_ topology: Topology) {
        add("topology:")
        add("simple_urls:", depth: 1)
        add("meet: \(list(topology.meet.map { "https://\($0)" }))", depth: 2)
        add("dialin", topology.dialin.map { scalar("https://\($0)") }, depth: 2)
        add("admin", topology.admin.map { scalar("https://\($0)") }, depth: 2)
        add("autodiscover: \(topology.autodiscover)", depth: 1)
        add("strict_dns_auto_logon: \(topology.strictDNSAutoLogon)", depth: 1)
        add("xmpp_domains: \(list(topology.xmppDomains))", depth: 1)
        add("public_im: \(list(topology.publicIM))", depth: 1)
        add("office_web_apps", topology.officeWebApps.map(scalar), depth: 1)
    }

    mutating func secrets(_ secrets: [String: SecretReference]) {
        guard !secrets.isEmpty else { return }
        add("secrets:")
        for (name, reference) in secrets.sorted(by: { $0.key < $1.key }) {
            let members: [(String, String?)] =
                switch reference {
                case .environment(let variable): [("from", "env"), ("name", scalar(variable))]
                case .file(let file): [("from", "file"), ("path", path(file))]
                case .command(let argv): [("from", "command"), ("argv", list(argv))]
                case .prompt(let text): [("from", "prompt"), ("text", scalar(text))]
                }
            add("\(scalar(name)): \(flow(members))", depth: 1)
        }
    }

    mutating func authorities(_ authorities: [String: AuthorityDefinition]) {
        guard !authorities.isEmpty else { return }
        add("authorities:")
        for (name, authority) in authorities.sorted(by: { $0.key < $1.key }) {
            add("\(scalar(name)):", depth: 1)
            switch authority.kind {
            case .local(let certificate, let key, let days, let issued):
                add("kind: local", depth: 2)
                add("certificate: \(path(certificate))", depth: 2)
                add("key: \(path(key))", depth: 2)
                add("days: \(days)", depth: 2)
                add("issued", issued.map(path), depth: 2)
            case .dropFolder(let outbox, let inbox):
                add("kind: drop-folder", depth: 2)
                add("outbox: \(path(outbox))", depth: 2)
                add("inbox: \(path(inbox))", depth: 2)
            case .command(let argv, let limit):
                add("kind: command", depth: 2)
                add("argv: \(list(argv))", depth: 2)
                add("limit: \(limit.text)", depth: 2)
            case .webEnrollment(let pages):
                add("kind: certsrv", depth: 2)
                add("url: \(scalar(pages.url))", depth: 2)
                add("template", pages.template.map(scalar), depth: 2)
                add("auth: \(pages.authentication.rawValue)", depth: 2)
                add("user", pages.user.map(scalar), depth: 2)
                add("password", pages.password.map(scalar), depth: 2)
                add("ca_file", pages.trustFile.map(path), depth: 2)
            case .hostOnline(let settings):
                add("kind: host-online", depth: 2)
                add("ca: \(scalar(settings.authority))", depth: 2)
                add("template: \(scalar(settings.template))", depth: 2)
                add("user", settings.user.map(scalar), depth: 2)
                add("password", settings.password.map(scalar), depth: 2)
            }
            add("chain: [\(authority.chain.map(path).joined(separator: ", "))]", depth: 2)
        }
    }

    /// What servers share has to stand where they share it, unlike all other settings.
    private mutating func group(_ hosts: [Host], depth: Int, _ isHere: (ServerGroup.Level) -> Bool) {
        let group = hosts.lazy.compactMap(\.ssh.group).first { isHere($0.level) }
        add("ssh", group.map { "{ handshakes_per_second: \($0.handshakesPerSecond) }" }, depth: depth)
    }

    mutating func pace(_ hosts: [Host]) {
        guard hosts.contains(where: { $0.ssh.group?.level == .fleet }) else { return }
        add("defaults:")
        group(hosts, depth: 1) { $0 == .fleet }
    }

    mutating func sites(_ pools: [Pool]) {
        add("sites:")
        var sites: [String] = []
        for pool in pools where !sites.contains(pool.site) { sites.append(pool.site) }
        for site in sites {
            add("\(scalar(site)):", depth: 1)
            group(pools.filter { $0.site == site }.flatMap(\.hosts), depth: 2) {
                if case .site = $0 { true } else { false }
            }
            add("pools:", depth: 2)
            for pool in pools where pool.site == site { self.pool(pool) }
        }
    }

    private mutating func pool(_ pool: Pool) {
        add("\(scalar(pool.name)):", depth: 3)
        add("type: \(scalar(pool.type.rawValue))", depth: 4)
        add("version: \(scalar(pool.version.rawValue))", depth: 4)
        add("fqdn", pool.fqdn.map(scalar), depth: 4)
        add("web_internal", pool.webInternal.map(scalar), depth: 4)
        add("web_external", pool.webExternal.map(scalar), depth: 4)
        add("paired_with", pool.pairedWith.map(scalar), depth: 4)
        add("next_hop", pool.nextHop.map(scalar), depth: 4)
        for (key, service) in [("access", pool.access), ("web_conferencing", pool.webConferencing), ("av", pool.av)] {
            add(key, service.map { flow([("fqdn", scalar($0.fqdn)), ("port", "\($0.port)")]) }, depth: 4)
        }
        add("serves", pool.serves.isEmpty ? nil : list(pool.serves), depth: 4)
        add("load_balancing", pool.loadBalancing.map { scalar($0.rawValue) }, depth: 4)
        add("renew: { lead: \(pool.lead.text) }", depth: 4)
        let rollout = pool.rollout
        add(
            "rollout: { canary: \(rollout.canary), max_failures: \(rollout.maxFailures), "
                + "ready_for: \(rollout.readyFor.text)" + (rollout.defersRestarts ? ", restarts: defer" : "")
                + (rollout.window.map { ", window: \"\($0)\"" } ?? "") + " }", depth: 4)
        group(pool.hosts, depth: 4) { if case .pool = $0 { true } else { false } }
        if !pool.hosts.isEmpty { add("hosts:", depth: 4) }
        for host in pool.hosts { self.host(host) }
        if !pool.orders.isEmpty { add("orders:", depth: 4) }
        for order in pool.orders { self.order(order) }
    }

    private mutating func host(_ host: Host) {
        add("- name: \(scalar(host.name))", depth: 5)
        add("fqdn: \(scalar(host.fqdn))", depth: 6)
        add("address: \(scalar(host.address))", depth: 6)
        if host.externalAccess != nil || host.externalWebConferencing != nil {
            let members = [("access", host.externalAccess), ("web_conferencing", host.externalWebConferencing)]
            add("external: \(flow(members.map { ($0, $1.map(scalar)) }))", depth: 6)
        }
        if !host.ports.isEmpty { add("ports:", depth: 6) }
        for port in host.ports {
            let members = [("usage", scalar(port.usage)), ("for", "\(port.standard)"), ("port", "\(port.port)")]
            add("- \(flow(members))", depth: 7)
        }
        signIn(host.ssh)
        let deadlines = DeadlineLayer.fields.map { ($0.key, Optional(host.deadlines[keyPath: $0.field].text)) }
        add("deadlines: \(flow(deadlines))", depth: 6)
    }

    /// Nobody signs in to a server that is only named.
    private mutating func signIn(_ ssh: SSHSettings) {
        guard !ssh.user.isEmpty else { return }
        add("ssh:", depth: 6)
        account(ssh, depth: 7)
        add("network_credentials", ssh.networkCredentials.map { "\($0)" }, depth: 7)
        add("transport", ssh.transport == .libssh2 ? nil : ssh.transport.rawValue, depth: 7)
        add("bastion", ssh.bastion.map(scalar), depth: 7)
        if let group = ssh.group, case .host = group.level {
            add("handshakes_per_second: \(group.handshakesPerSecond)", depth: 7)
        }
    }

    private mutating func account(_ ssh: SSHSettings, depth: Int) {
        add("user: \(scalar(ssh.user))", depth: depth)
        add("port: \(ssh.port)", depth: depth)
        add("auth: \(list(ssh.methods.map(\.rawValue)))", depth: depth)
        add("key", ssh.key.map(path), depth: depth)
        add("passphrase", ssh.passphrase.map(scalar), depth: depth)
        add("password", ssh.password.map(scalar), depth: depth)
        add("agent_key", ssh.agentKey.map(scalar), depth: depth)
        add("known_hosts", ssh.knownHosts.map(path), depth: depth)
    }

    mutating func bastions(_ bastions: [Host]) {
        guard let first = bastions.first else { return }
        // A bastion's deadlines are those of the defaults; hosts carry their own.
        let deadlines = DeadlineLayer.fields.map { ($0.key, Optional(first.deadlines[keyPath: $0.field].text)) }
        add("defaults:")
        add("deadlines: \(flow(deadlines))", depth: 1)
        add("bastions:")
        for bastion in bastions {
            add("\(scalar(bastion.name)):", depth: 1)
            add("address: \(scalar(bastion.address))", depth: 2)
            account(bastion.ssh, depth: 2)
            add("bastion", bastion.ssh.bastion.map(scalar), depth: 2)
        }
    }

    private mutating func order(_ order: OrderDefinition) {
        add("- id: \(scalar(order.id))", depth: 5)
        add("usages", order.usages.isEmpty ? nil : list(order.usages), depth: 6)
        add("authority", order.authority.isEmpty ? nil : scalar(order.authority), depth: 6)
        add("sharing: \(order.sharing.rawValue)", depth: 6)
        let changes = [("add", order.addNames), ("drop", order.dropNames)].filter { !$0.1.isEmpty }
        let names = changes + (order.sipDomains.map { [("sip_domains", $0)] } ?? [])
        if !names.isEmpty { add("names: \(flow(names.map { ($0, list($1)) }))", depth: 6) }
        let key = order.key
        add("key: { algorithm: \(key.algorithm), bits: \(key.bits), hash: \(key.hash) }", depth: 6)
        add("copies_exportable: \(order.copiesExportable)", depth: 6)
        add("assign: \(order.assignment.rawValue)", depth: 6)
    }

    mutating func groups(_ groups: [String: [String]]) {
        guard !groups.isEmpty else { return }
        add("groups:")
        for (name, members) in groups.sorted(by: { $0.key < $1.key }) {
            add("\(scalar(name)): \(list(members))", depth: 1)
        }
    }
}
