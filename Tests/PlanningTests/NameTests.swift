import FleetModel
import Planning
import Testing

@Suite struct NameTests {
    /// The order of a pool of two made of a case; the first server's.
    private func order(
        _ one: NameCase, add: [String] = [], drop: [String] = [], domains: [String]? = nil
    ) throws -> CertificateOrder {
        let place = SourcePlace(file: "inventory.yml", line: 1, column: 1)
        var pool = Pool(name: "pool", site: "site", type: one.type, version: .v2015, place: place)
        pool.fqdn = one.type == .standardEdition || one.type.isExchange ? nil : one.pool
        pool.webInternal = one.webInternal
        pool.webExternal = one.webExternal
        pool.access = NameCase.access
        pool.webConferencing = NameCase.conferencing
        pool.hosts = [
            Host(
                name: "one", fqdn: one.server, address: one.server, ssh: SSHSettings(user: "certfleet"), place: place)
        ]
        pool.orders = [
            OrderDefinition(
                id: "order", usages: one.usages, authority: "corp", addNames: add, dropNames: drop,
                sipDomains: domains, place: place)
        ]
        let inventory = Inventory(
            folder: "/project", file: "inventory.yml", organization: Organization(), sipDomains: one.sipDomains,
            topology: Topology(
                meet: one.meet, dialin: one.dialin, admin: one.admin, autodiscover: one.autodiscover,
                strictDNSAutoLogon: one.strict, publicIM: one.publicIM),
            secrets: [:], authorities: [:], pools: [pool], groups: [:])
        return try #require(OrderBuilder.orders(of: pool, in: inventory).first)
    }

    @Test func `an order bears the names of the SIP domains chosen for it, whether or not clients insist on them`()
        throws
    {
        var one = NameCase.frontEnd
        one.usages = ["Default"]
        one.strict = false
        one.sipDomains = ["example.com", "example.net"]
        func sip(_ order: CertificateOrder) -> [String] {
            order.names.filter { $0.name.hasPrefix("sip.") }.map { "\($0.name): \($0.origin)" }
        }
        #expect(try sip(order(one)) == [])
        #expect(
            try sip(order(one, domains: ["example.net"])) == [
                "sip.example.net: SIP domain example.net: names.sip_domains"
            ])
        one.type = .edge
        one.usages = ["AccessEdgeExternal"]
        #expect(try sip(order(one)).count == 2)
        #expect(try sip(order(one, domains: ["example.com"])).map { $0.prefix(15) } == ["sip.example.com"])
    }

    @Test func `Autodiscover asks for the internal domain as well where it is no SIP domain`() throws {
        var one = NameCase.frontEnd
        one.server = "ee01.corp.example.org"
        let names = try order(one).names
        let internalName = try #require(names.first { $0.name == "lyncdiscoverinternal.corp.example.org" })
        #expect(internalName.origin.hasPrefix("Autodiscover inside, internal domain:"))
        one.usages = ["WebServicesExternal"]
        #expect(try order(one).names.allSatisfy { !$0.name.hasPrefix("lyncdiscoverinternal") })
        one.usages = ["Default"]
        #expect(try order(one).names.allSatisfy { !$0.name.hasPrefix("lyncdiscover") })
    }

    @Test func `names come in the documented order, each with its first reason`() throws {
        var one = NameCase.frontEnd
        one.dialin = "MEET.example.com"
        let order = try order(one)
        #expect(
            order.names.prefix(7).map(\.name) == [
                "eepool.example.com", "ee01.example.com", "webint01.example.com", "webcon01.example.com",
                "meet.example.com", "meet.example.net", "admin.example.com",
            ])
        #expect(order.names.map(\.origin).contains("meet URL"))
        #expect(!order.names.map(\.origin).contains("dialin URL"))
    }

    @Test func `the inventory adds names and takes names away`() throws {
        let one = NameCase.standardEdition
        let order = try order(
            one, add: ["extra.example.com"], drop: ["ADMIN.example.com", "nowhere.example.com"])
        #expect(order.names.last == OrderedName("extra.example.com", origin: "inventory: names.add"))
        #expect(!order.names.map(\.name).contains("admin.example.com"))
        #expect(order.dropped == [DroppedName("ADMIN.example.com", why: "inventory: names.drop")])
    }

    @Test func `only an Access Edge with AOL asks for client authentication`() throws {
        var one = NameCase.edge
        #expect(try order(one).ekus == [ExtendedKeyUsage.serverAuthentication])
        one.publicIM = ["aol"]
        #expect(
            try order(one).ekus == [
                ExtendedKeyUsage.serverAuthentication, ExtendedKeyUsage.clientAuthentication,
            ])
        one.usages = ["Internal"]
        #expect(try order(one).ekus == [ExtendedKeyUsage.serverAuthentication])
    }

    @Test func `the example's orders are one per host, or one for all`() throws {
        let world = try World.healthy()
        func hosts(_ pool: String) throws -> [[String]] {
            OrderBuilder.orders(of: try #require(world.inventory.pool(pool)), in: world.inventory).map(\.hosts)
        }
        #expect(try hosts("fe-lyon") == [["fe01"], ["fe02"], ["fe03"]])
        let edges = ["edge01", "edge02", "edge03"]
        #expect(try hosts("edge-lyon") == [["edge01"], ["edge02"], ["edge03"], edges, edges])
        let names = try world.order("fe-lyon/fe", host: "fe02").names
        #expect(names.contains(OrderedName("ucupdates-r2.example.com", origin: "inventory: names.add")))
        #expect(names.map(\.name).prefix(2) == ["fepool1.corp.example.com", "fe02.corp.example.com"])
    }
}
