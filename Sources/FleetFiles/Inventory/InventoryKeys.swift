import FleetModel

/// The keys and words of the inventory, level by level.
///
/// The one table behind the parser and behind `templates/schema/inventory.schema.json`, whose `$defs` bear the names of
/// these levels; a test holds the two together.
enum InventoryKeys {
    static let inventory = [
        "version", "organization", "sip_domains", "topology", "secrets", "authorities", "bastions", "defaults", "sites",
        "groups",
    ]
    static let organization = ["name", "unit", "locality", "state", "country"]
    static let topology = [
        "simple_urls", "autodiscover", "strict_dns_auto_logon", "xmpp_domains", "public_im", "office_web_apps",
    ]
    static let simpleURLs = ["meet", "dialin", "admin"]

    /// By `from`.
    static let secrets: [(from: String, keys: [String])] = [
        ("env", ["from", "name"]), ("file", ["from", "path"]), ("command", ["from", "argv"]),
        ("prompt", ["from", "text"]),
    ]

    static let localAuthority = ["kind", "certificate", "key", "chain", "days", "issued"]
    static let dropFolderAuthority = ["kind", "outbox", "inbox", "chain"]
    static let commandAuthority = ["kind", "argv", "limit", "chain"]
    static let certsrvAuthority = ["kind", "url", "template", "auth", "user", "password", "ca_file", "chain"]
    static let hostOnlineAuthority = ["kind", "ca", "template", "user", "password", "chain"]
    static let authorityKinds = ["local", "drop-folder", "host-online", "command", "certsrv"]
    /// Words of the design that this version does not know yet.
    static let laterAuthorityKinds = ["acme"]

    static let defaults = ["version", "ssh", "key", "renew", "rollout", "deadlines"]
    static let site = defaults + ["pools"]
    static let pool =
        ["type", "fqdn", "web_internal", "web_external", "paired_with", "next_hop", "access", "web_conferencing", "av"]
        + ["serves", "load_balancing"] + defaults + ["hosts", "orders"]
    static let service = ["fqdn", "port"]
    static let host = ["name", "fqdn", "address", "external", "ports", "ssh", "deadlines"]
    static let external = ["access", "web_conferencing"]
    static let port = ["usage", "for", "port"]
    static let order = ["id", "usages", "authority", "sharing", "names", "key", "copies_exportable", "assign"]
    static let names = ["add", "drop", "sip_domains"]

    private static let signIn = ["user", "port", "auth", "key", "passphrase", "password", "agent_key", "known_hosts"]
    static let ssh = signIn + ["network_credentials", "transport", "bastion", "handshakes_per_second"]
    static let bastion = ["address"] + signIn + ["bastion"]
    /// The word for no bastion, where a level above names one.
    static let noBastion = "none"
    static let key = ["algorithm", "bits", "hash"]
    static let renew = ["lead"]
    static let rollout = ["canary", "max_failures", "ready_for", "restarts", "window"]
    static let restarts = ["now", "defer"]
    static let deadlines = ["connect", "sign_in", "hello", "step", "silence", "drain"]

    static let versions = ProductVersion.allCases.map(\.rawValue)
    static let poolTypes = PoolType.allCases
    static let algorithms = ["rsa"]
    /// Supported lengths of 2048 and more, which the vendor recommends.
    static let bits = ["2048", "4096"]
    static let hashes = ["sha256", "sha384", "sha512"]
    /// Public instant messaging that asks for something of a certificate: AOL wants the client EKU.
    static let publicIM = ["aol"]

    /// Every level by the name that the schema gives it.
    static var levels: [String: [String]] {
        var levels: [String: [String]] = [
            "inventory": inventory, "organization": organization, "topology": topology, "simple_urls": simpleURLs,
            "local": localAuthority, "drop-folder": dropFolderAuthority, "command": commandAuthority,
            "certsrv": certsrvAuthority, "host-online": hostOnlineAuthority, "defaults": defaults, "site": site,
            "pool": pool, "service": service,
            "host": host, "external": external, "port": port, "order": order,
            "names": names, "ssh": ssh, "bastion": bastion, "key": key, "renew": renew, "rollout": rollout,
            "deadlines": deadlines,
        ]
        for (from, keys) in secrets { levels["secret-\(from)"] = keys }
        return levels
    }

    /// Every enumeration by `level.key`.
    static var words: [String: [String]] {
        var words: [String: [String]] = [
            "topology.public_im": publicIM, "local.kind": ["local"], "drop-folder.kind": ["drop-folder"],
            "command.kind": ["command"], "certsrv.kind": ["certsrv"],
            "host-online.kind": ["host-online"],
            "certsrv.auth": WebEnrollmentSettings.Authentication.allCases.map(\.rawValue),
            "pool.type": poolTypes.map(\.rawValue), "pool.load_balancing": LoadBalancing.allCases.map(\.rawValue),
            "order.sharing": Sharing.allCases.map(\.rawValue),
            "order.assign": Assignment.allCases.map(\.rawValue), "order.usages": UsageRules.all,
            "port.usage": UsageRules.all, "ssh.auth": SSHSettings.Method.allCases.map(\.rawValue),
            "bastion.auth": SSHSettings.Method.allCases.map(\.rawValue),
            "ssh.transport": SSHSettings.Transport.allCases.map(\.rawValue),
            "key.algorithm": algorithms, "key.bits": bits, "key.hash": hashes, "rollout.restarts": restarts,
            "defaults.version": versions,
            "site.version": versions, "pool.version": versions, "inventory.version": ["1"],
        ]
        for (from, _) in secrets { words["secret-\(from).from"] = [from] }
        return words
    }
}
