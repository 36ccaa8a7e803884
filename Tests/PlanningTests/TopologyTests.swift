import FleetFiles
import FleetModel
import Foundation
import Planning
import Testing

/// What a Front End reads from the Central Management store, against the inventory.
@Suite struct TopologyTests {
    private func objects(_ values: [[String: String]]) -> [JSONValue] {
        values.map { .object($0.mapValues(JSONValue.string)) }
    }

    /// What the steps of `topology.yaml` bring back from a small deployment.
    private var results: [String: [JSONValue]] {
        let pool = "pool.example.com"
        let edge = "edge.example.org"
        return [
            "sip-domains": [
                .object(["Identity": .string("example.net"), "IsDefault": .bool(false)]),
                .object(["Identity": .string("example.com"), "IsDefault": .bool(true)]),
            ],
            "simple-urls": [
                .object([
                    "Identity": .string("Global"),
                    "SimpleUrl": .array([
                        .string("Component=Meet;Domain=example.com;ActiveUrl=https://meet.example.com"),
                        .string("Component=Meet;Domain=example.net;ActiveUrl=https://meet.example.com/net"),
                        .object([
                            "Component": .string("Dialin"), "ActiveUrl": .string("https://dialin.example.com:443/x"),
                        ]),
                        .string("Component=Cscp;Domain=*;ActiveUrl=https://admin.example.com"),
                        .string("Component=Other;Domain=*;ActiveUrl=https://other.example.com"), .string("noise"),
                    ]),
                ])
            ],
            "pools": objects(
                [
                    pool, "se.example.com", edge, "med.example.com", "sba.example.com", "dir.example.com",
                    "sql.example.com",
                ]
                .map { ["Fqdn": $0] }),
            "computers": objects([
                ["Fqdn": "fe1.example.com", "Pool": pool], ["Fqdn": "fe2.example.com", "Pool": pool],
                ["Identity": "se.example.com", "Pool": "se.example.com"], ["Fqdn": "e1.example.org", "Pool": edge],
                ["Fqdn": "med.example.com", "Pool": "med.example.com"],
                ["Fqdn": "sba.example.com", "Pool": "sba.example.com"],
                ["Fqdn": "dir.example.com", "Pool": "dir.example.com"],
                ["Fqdn": "sql.example.com", "Pool": "sql.example.com"],
            ]),
            "users": objects([["PoolFqdn": "POOL.example.com"], ["PoolFqdn": "se.example.com"]]),
            "registrars": objects([["PoolFqdn": pool], ["PoolFqdn": "sba.example.com"]]),
            "directors": objects([["PoolFqdn": "dir.example.com"]]),
            "mediation": objects([["PoolFqdn": pool], ["PoolFqdn": "med.example.com"]]),
            "web": objects([
                ["PoolFqdn": pool, "InternalFqdn": pool, "ExternalFqdn": "web.example.com"],
                [
                    "PoolFqdn": "dir.example.com", "InternalFqdn": "dirint.example.com",
                    "ExternalFqdn": "dir.example.com",
                ],
            ]),
            "edge": objects([
                [
                    "PoolFqdn": edge, "AccessEdgeExternalFqdn": "sip.example.com",
                    "DataEdgeExternalFqdn": "webcon.example.com", "AVEdgeExternalFqdn": "av.example.com",
                ]
            ]),
        ]
    }

    @Test func `pools, servers, names, SIP domains and simple URLs are read by structure`() throws {
        let topology = try TopologyReading.topology(from: results)
        #expect(topology.sipDomains == ["example.com", "example.net"])
        #expect(topology.meet == ["meet.example.com"])
        #expect(topology.dialin == "dialin.example.com" && topology.admin == "admin.example.com")
        #expect(
            topology.pools.map(\.type) == [.frontEnd, .standardEdition, .edge, .mediation, .sba, .director],
            "a database is no pool of ours")
        let pool = try #require(topology.pool("Pool.Example.com"))
        #expect(pool.members == ["fe1.example.com", "fe2.example.com"])
        #expect(pool.webInternal == nil && pool.webExternal == "web.example.com")
        #expect(topology.pool("dir.example.com")?.webInternal == "dirint.example.com")
        #expect(topology.pool("edge.example.org")?.av == "av.example.com")
    }

    @Test func `an empty store is an error with a hint, not an empty inventory`() throws {
        let fault = #expect(throws: Fault.self) { try TopologyReading.topology(from: [:]) }
        #expect(fault?.code == "topology.unreadable" && fault?.hint?.contains("RTCUniversalReadOnlyAdmins") == true)
    }

    @Test func `the example says what it would publish, and every change of it is told`() throws {
        let inventory = try World.healthy().inventory
        let mine = PublishedTopology(inventory)
        #expect(mine.pools.count == 4, "neither Exchange nor a reverse proxy is published")
        #expect(TopologyDifference(inventory: mine, published: mine).lines.isEmpty)
        var theirs = mine
        theirs.sipDomains = ["EXAMPLE.com", "example.org"]
        theirs.dialin = nil
        theirs.pools[0].members[2] = "fe04.corp.example.com"
        theirs.pools[0].webExternal = "web9.example.com"
        theirs.pools.remove(at: 1)
        let lines = TopologyDifference(inventory: mine, published: theirs).lines
        #expect(
            lines.map { "\($0.what): \($0.inventory ?? "-") \($0.published ?? "-")" } == [
                "SIP domain: example.net -", "SIP domain: - example.org", "dialin URL: dialin.example.com -",
                "pool: se01.corp.example.com -", "server of fepool1.corp.example.com: fe03.corp.example.com -",
                "server of fepool1.corp.example.com: - fe04.corp.example.com",
                "external web services FQDN of fepool1.corp.example.com: web1.example.com web9.example.com",
            ])
    }

    @Test func `an import takes over what is published and nothing else`() throws {
        var inventory = try World.healthy().inventory
        inventory.groups["two"] = ["fe02", "fe03"]
        var theirs = PublishedTopology(inventory)
        theirs.pools[0].members = ["fe01.corp.example.com", "FE02.corp.example.com", "fe09.corp.example.com"]
        theirs.pools.append(
            PublishedTopology.Pool(
                fqdn: "edge2.example.org", type: .edge, members: ["fe01.example.org"], access: "sip2.example.com",
                webConferencing: "webcon2.example.com", av: "av2.example.com"))
        theirs.pools.removeAll { $0.type == .standardEdition }
        let model = try #require(inventory.pool("fe-lyon"))
        let (result, kept) = TopologyImport(theirs, like: model).applied(to: inventory)
        #expect(kept == ["se-lyon"])
        let pool = try #require(result.pool("fe-lyon"))
        #expect(pool.hosts.map(\.name) == ["fe01", "fe02", "fe09"])
        #expect(pool.hosts[2].ssh == model.hosts[0].ssh && pool.hosts[2].address == "fe09.corp.example.com")
        #expect(pool.orders == model.orders)
        #expect(result.groups["two"] == ["fe02"])
        let made = try #require(result.pools.last)
        #expect(made.name == "edge2" && made.hosts.map(\.name) == ["fe01-host"])
        #expect(made.orders.flatMap(\.usages).contains("AudioVideoAuthentication"))
        #expect(result.pools.filter(\.type.isExchange) == inventory.pools.filter(\.type.isExchange))
        let text = InventoryText.render(result, relativeTo: "/project")
        let again = try InventoryFile.parse(text: text, file: "new.yml", folder: "/project")
        var wanted = theirs
        wanted.pools.insert(PublishedTopology(inventory).pools[1], at: 1)
        #expect(TopologyDifference(inventory: PublishedTopology(again), published: wanted).lines.isEmpty)
    }
}
