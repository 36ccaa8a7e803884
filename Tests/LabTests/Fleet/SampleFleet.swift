import FleetModel

@testable import Lab

/// Small fleets as the command line would hand them over.
enum SampleFleet {
    static let place = SourcePlace(file: "fleet.yml", line: 1, column: 1)

    static func host(_ name: String, domain: String = "corp.example.com", external: String? = nil) -> Host {
        Host(
            name: name, fqdn: "\(name).\(domain)", address: "10.0.0.1", ssh: SSHSettings(user: "admin"),
            externalAccess: external, externalWebConferencing: external, place: place)
    }

    static func pool(
        _ name: String, _ type: PoolType, _ version: ProductVersion = .v2019, hosts: [Host], fqdn: String? = nil
    ) -> Pool {
        var pool = Pool(name: name, site: "lyon", type: type, version: version, place: place)
        pool.fqdn = fqdn
        pool.hosts = hosts
        return pool
    }

    static func order(
        _ id: String, pool: String, hosts: [String], usages: [String], names: [String], authority: String = "corp",
        sharing: Sharing = .host
    ) -> CertificateOrder {
        CertificateOrder(
            id: "\(pool)/\(id)", pool: pool, hosts: hosts, usages: usages, subject: Subject(commonName: names[0]),
            names: names.map { OrderedName($0, origin: "test") }, dropped: [],
            ekus: [ExtendedKeyUsage.serverAuthentication],
            // Elliptic keys: the seeds of a test need not cost seconds.
            key: KeySpecification(algorithm: "ecdsa", bits: 256), authority: authority, sharing: sharing,
            copiesExportable: false)
    }

    static func inventory(_ pools: [Pool], dropFolder: Bool = false) -> Inventory {
        let corp = AuthorityDefinition(
            name: "corp", kind: .local(certificate: "/x/corp.pem", key: "/x/corp.key", days: 730, issued: nil),
            chain: ["/x/root.pem"], place: place)
        let published = AuthorityDefinition(
            name: "public",
            kind: dropFolder
                ? .dropFolder(outbox: "/x/out", inbox: "/x/in")
                : .local(certificate: "/x/p.pem", key: "/x/p.key", days: 47, issued: nil),
            chain: ["/x/root.pem"], place: place)
        return Inventory(
            folder: "/x", file: "fleet.yml", organization: Organization(), sipDomains: ["example.com"],
            topology: Topology(), secrets: ["edge": .prompt("Edge")],
            authorities: ["corp": corp, "public": published], pools: pools, groups: [:])
    }

    /// A Front End pool that is due, an Edge pool of two with shared orders, one with everything special.
    static func source(dropFolder: Bool = false) -> LabSource {
        let edges = [host("edge01", domain: "dmz.example.com", external: "198.51.100.1"), host("edge02")]
        let pools = [
            pool("fe", .frontEnd, hosts: [host("fe01")], fqdn: "pool.corp.example.com"),
            pool("fresh", .frontEnd, hosts: [host("fe11")], fqdn: "pool2.corp.example.com"),
            pool("edge", .edge, hosts: edges, fqdn: "edge.dmz.example.com"),
            pool("um", .exchangeUM, .v2010, hosts: [host("um01")]),
        ]
        let web = ["Default", "WebServicesInternal", "WebServicesExternal"]
        let names = ["pool.corp.example.com", "meet.example.com", "dialin.example.com", "web.example.com"]
        return LabSource(
            inventory: inventory(pools, dropFolder: dropFolder),
            orders: [
                order("fe", pool: "fe", hosts: ["fe01"], usages: web, names: names),
                order("fe", pool: "fresh", hosts: ["fe11"], usages: web, names: names),
                order(
                    "external", pool: "edge", hosts: ["edge01", "edge02"],
                    usages: ["AccessEdgeExternal", "DataEdgeExternal"], names: ["sip.example.com"],
                    authority: "public", sharing: .pool),
                order(
                    "internal", pool: "edge", hosts: ["edge01"], usages: ["Internal"], names: ["edge.dmz.example.com"]),
                order("um", pool: "um", hosts: ["um01"], usages: ["UM"], names: ["um01.corp.example.com"]),
            ],
            seeds: SeedRules(fresh: ["fresh"], lackingName: ["fresh"], startsAtTCP: ["um01"]),
            authorityKey: KeySpecification(algorithm: "ecdsa", bits: 256))
    }

    /// One Front End and one Edge server, for tests with real ports.
    static func pair() -> LabSource {
        var source = source()
        source.inventory.pools = [source.inventory.pools[0], source.inventory.pools[2]]
        source.inventory.pools[1].hosts.removeLast()
        source.orders = source.orders.filter { $0.pool == "fe" || $0.pool == "edge" }
            .map { order in
                var order = order
                order.hosts = order.hosts.filter { $0 != "edge02" }
                return order
            }
        return source
    }
}
