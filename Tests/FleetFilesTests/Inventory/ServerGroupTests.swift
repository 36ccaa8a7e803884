import FleetModel
import Testing

@testable import FleetFiles

struct ServerGroupTests {
    private let key = "handshakes_per_second"

    private func text(_ changes: (old: String, new: String)...) throws -> String {
        try changes.reduce(soundInventory) {
            try #require($0.contains($1.old))
            return $0.replacing($1.old, with: $1.new)
        }
    }

    private func everywhere() throws -> Inventory {
        try parsedInventory(
            text(
                ("key: ~/.ssh/id }", "key: ~/.ssh/id, \(key): 50 }"),
                ("        fqdn: pool.example.com", "        fqdn: pool.example.com\n        ssh: { \(key): 3 }"),
                ("{ name: edge01, ", "{ name: edge01, ssh: { \(key): 1 }, ")))
    }

    @Test func `servers that take the number from the same place are one group, and the nearest place counts`() throws {
        let inventory = try everywhere()
        func group(_ host: String) throws -> ServerGroup? { try #require(inventory.host(host)).host.ssh.group }
        #expect(try group("fe01") == ServerGroup(level: .pool("fe"), handshakesPerSecond: 3))
        #expect(try group("fe02") == group("fe01"))
        #expect(try group("edge01") == ServerGroup(level: .host("edge01"), handshakesPerSecond: 1))
        #expect(try group("um01") == ServerGroup(level: .fleet, handshakesPerSecond: 50))
        let sites = try parsedInventory(text(("  lyon:\n", "  lyon:\n    ssh: { \(key): 7 }\n")))
        #expect(sites.host("um01")?.host.ssh.group == ServerGroup(level: .site("lyon"), handshakesPerSecond: 7))
        #expect(try parsedInventory(soundInventory).host("fe01")?.host.ssh.group == nil)
    }

    @Test func `different places never share a name`() {
        let levels: [ServerGroup.Level] = [.fleet, .site("a"), .pool("a"), .host("a"), .pool("b")]
        #expect(Set(levels.map { ServerGroup(level: $0, handshakesPerSecond: 1).description }).count == levels.count)
    }

    @Test func `groups are written where they are shared, and read back`() throws {
        let inventory = try everywhere()
        let again = try parsedInventory(InventoryText.render(inventory, relativeTo: "/project"))
        for host in inventory.pools.flatMap(\.hosts) {
            #expect(again.host(host.name)?.host.ssh == host.ssh, "\(host.name)")
        }
        let site = try parsedInventory(text(("  lyon:\n", "  lyon:\n    ssh: { \(key): 7 }\n")))
        let written = try parsedInventory(InventoryText.render(site, relativeTo: "/project"))
        #expect(written.host("um01")?.host.ssh == site.host("um01")?.host.ssh)
    }

    @Test func `a number that is none, or out of bounds, is refused where it stands`() throws {
        #expect(
            try inventoryMistakes(text(("key: ~/.ssh/id }", "key: ~/.ssh/id, \(key): 0 }"))) == [
                "inv.yml:8:66: `handshakes_per_second` must be between 1 and 1000, not 0"
            ])
        #expect(
            try inventoryMistakes(text(("{ name: edge01, ", "{ name: edge01, ssh: { \(key): few }, "))) == [
                "inv.yml:25:59: `handshakes_per_second` must be a whole number, not `few`"
            ])
    }

    @Test func `gssapi needs the system's ssh, on the host and on the way to it`() throws {
        #expect(
            try inventoryMistakes(text(("{ name: fe01, ", "{ name: fe01, ssh: { auth: [gssapi] }, "))) == [
                "inv.yml:16:13: `auth` of `fe01` has `gssapi`, which libssh2 does not know\n  hint: transport: ssh"
            ])
        let sound = try parsedInventory(
            text(("ssh: { user: certfleet, key: ~/.ssh/id }", "ssh: { user: me, auth: [gssapi], transport: ssh }")))
        #expect(sound.host("fe01")?.host.ssh.methods == [.gssapi])
        #expect(sound.host("fe01")?.host.ssh.hasNetworkCredentials == false)
        let bastion = "bastions:\n  dmz: { address: 192.0.2.9, user: ops, auth: [gssapi] }\nsites:\n"
        #expect(
            try inventoryMistakes(
                text(("sites:\n", bastion), ("{ name: fe01, ", "{ name: fe01, ssh: { bastion: dmz }, ")))
                == [
                    "inv.yml:18:13: the way to `fe01` leads through the bastion `dmz`, whose `auth` has `gssapi`, which libssh2 does not know\n  hint: transport: ssh"
                ])
    }
}
