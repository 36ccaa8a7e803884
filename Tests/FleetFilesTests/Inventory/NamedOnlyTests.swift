import FleetModel
import Testing

@testable import FleetFiles

/// Roles that are named and not managed, and what the names of all roles need from the inventory.
struct NamedOnlyTests {
    private let proxy = """
        version: 1
        sip_domains: [example.com]
        topology: { office_web_apps: owa.example.com }
        sites: { a: { pools: {
          rp: { type: reverse-proxy, web_external: web.example.com } } } }

        """

    @Test func `a reverse proxy needs neither servers nor orders nor a way to sign in`() throws {
        let pool = try #require(try parsedInventory(proxy).pool("rp"))
        #expect(pool.hosts.isEmpty && pool.orders.isEmpty)
        let order = proxy.replacing(
            "web.example.com }",
            with: "web.example.com, hosts: [{ name: p1, fqdn: p1.example.com }], orders: [{ id: l, usages: [] }] }")
        let written = InventoryText.render(try parsedInventory(order), relativeTo: "/project")
        #expect(try parsedInventory(written).pool("rp")?.orders.map(\.authority) == [""])
        let bare = InventoryText.render(try parsedInventory(proxy), relativeTo: "/project")
        #expect(try parsedInventory(bare).pool("rp")?.hosts == [])
        #expect(
            inventoryMistakes(proxy.replacing(", web_external: web.example.com", with: "")) == [
                "inv.yml:5:3: `web_external` is missing in `rp`"
            ])
    }

    @Test(arguments: [
        ("director", "Default, WebServicesInternal"), ("mediation", "Default"), ("sba", "Default"),
        ("edge", "Internal"), ("exchange-um", "UM"), ("call-router", "UMCallRouter"),
        ("standard-edition", "OAuthTokenIssuer"),
    ])
    func `every role of the vendor's tables is accepted with its usages`(type: String, usages: String) throws {
        let text = """
            version: 1
            sip_domains: [example.com]
            authorities:
              corp: { kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }
            defaults: { version: 2013, ssh: { user: u, key: k } }
            sites: { a: { pools: { p: { type: \(type), fqdn: h.example.com, hosts: [{ name: h, fqdn: h.example.com }],
              orders: [{ id: o, usages: [\(usages)], authority: corp }] } } } }

            """
        let pool = try #require(try parsedInventory(text).pool("p"))
        #expect(pool.type.rawValue == type)
        #expect(pool.orders.map(\.sharing) == [usages == "OAuthTokenIssuer" ? .global : .host])
    }

    @Test func `an inventory of Exchange servers alone needs no SIP domain`() throws {
        let text = """
            version: 1
            sip_domains: []
            authorities:
              corp: { kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }
            defaults: { version: 2013, ssh: { user: u, key: k } }
            sites: { a: { pools: { p: { type: exchange-um, hosts: [{ name: h, fqdn: h.example.com }],
              orders: [{ id: o, usages: [UM], authority: corp, sharing: pool }] } } } }

            """
        #expect(try parsedInventory(text).sipDomains == [])
        #expect(
            inventoryMistakes(text.replacing("exchange-um", with: "mediation").replacing("[UM]", with: "[Default]"))
                .contains { $0.contains("`sip_domains` is empty") })
    }
}
