import FleetModel
import Testing

@testable import FleetFiles

struct BastionTests {
    private let two = """
        bastions:
          outer: { address: jump.example.com, user: ops, auth: [agent] }
          dmz: { address: 192.0.2.9, port: 2222, user: ops, key: keys/dmz, bastion: outer, known_hosts: jumps }
        sites:

        """

    private func text(_ bastions: String, _ change: (old: String, new: String)...) throws -> String {
        try change.reduce(inventory("sites:\n", bastions)) { $0.replacing($1.old, with: $1.new) }
    }

    @Test func `a bastion named in the defaults leads to every host that does not say none or another`() throws {
        let inventory = try parsedInventory(
            text(
                two, ("key: ~/.ssh/id }", "key: ~/.ssh/id, bastion: outer }\n  deadlines: { connect: 3s }"),
                ("{ name: fe02, ", "{ name: fe02, ssh: { bastion: none }, "),
                ("{ name: edge01, ", "{ name: edge01, ssh: { bastion: dmz }, ")))
        func way(_ name: String) throws -> [String] {
            inventory.way(to: try #require(inventory.host(name)?.host)).map(\.name)
        }
        #expect(try way("fe01") == ["outer"])
        #expect(try way("fe02") == [])
        #expect(try way("edge01") == ["outer", "dmz"])
        #expect(inventory.host("fe02")?.host.ssh.bastion == nil)
        let dmz = try #require(inventory.bastion("dmz"))
        #expect(dmz.address == "192.0.2.9")
        #expect(
            dmz.ssh
                == SSHSettings(
                    user: "ops", port: 2222, methods: [.key], key: "/project/keys/dmz", knownHosts: "/project/jumps",
                    bastion: "outer"))
        #expect(dmz.deadlines.connect == .seconds(3))
        // Not the servers' account, key or bastion.
        #expect(
            inventory.bastion("outer")?.ssh
                == SSHSettings(user: "ops", methods: [.agent], knownHosts: "/project/known_hosts"))
    }

    @Test func `bastions and the transport are written and read back`() throws {
        var inventory = try parsedInventory(
            text(two, ("{ name: edge01, ", "{ name: edge01, ssh: { bastion: dmz, transport: ssh }, ")))
        #expect(inventory.host("edge01")?.host.ssh.transport == .ssh)
        #expect(inventory.host("fe01")?.host.ssh.transport == .libssh2)
        for index in inventory.bastions.indices { inventory.bastions[index].deadlines.connect = .seconds(4) }
        var again = try parsedInventory(InventoryText.render(inventory, relativeTo: "/project"))
        for index in again.bastions.indices { again.bastions[index].place = inventory.bastions[index].place }
        #expect(again.bastions == inventory.bastions)
        #expect(again.host("edge01")?.host.ssh == inventory.host("edge01")?.host.ssh)
    }

    @Test func `cycles and more than two bastions in a row are refused where they begin`() throws {
        let cycle = """
            bastions:
              a: { address: 192.0.2.1, user: u, auth: [agent], bastion: b }
              b: { address: 192.0.2.2, user: u, auth: [agent], bastion: a }
              me: { address: 192.0.2.3, user: u, auth: [agent], bastion: me }
            sites:

            """
        #expect(
            try inventoryMistakes(text(cycle)) == [
                "inv.yml:10:61: `a` stands behind itself: a → b → a\n  hint: one of them must be reached directly",
                "inv.yml:11:61: `b` stands behind itself: b → a → b\n  hint: one of them must be reached directly",
                "inv.yml:12:62: `me` stands behind itself: me → me\n  hint: one of them must be reached directly",
            ])
        let deep = """
            bastions:
              a: { address: 192.0.2.1, user: u, auth: [agent] }
              b: { address: 192.0.2.2, user: u, auth: [agent], bastion: a }
              c: { address: 192.0.2.3, user: u, auth: [agent], bastion: b }
            sites:

            """
        #expect(
            try inventoryMistakes(text(deep)) == [
                "inv.yml:12:61: more than two bastions on the way: c → b → a\n"
                    + "  hint: a host may stand behind a bastion, and that behind one more"
            ])
    }

    @Test func `what a bastion lacks, and names that are none, are told`() throws {
        let lacking = """
            bastions:
              a: { user: u }
              none: { address: 192.0.2.2, user: u, auth: [password], transport: ssh }
              fe01: { address: 192.0.2.3, user: u, auth: [agent], bastion: elsewhere }
            sites:

            """
        let said = try inventoryMistakes(text(lacking, ("key: ~/.ssh/id }", "key: ~/.ssh/id, bastion: aa }")))
        #expect(
            said == [
                "inv.yml:8:52: unknown bastion `aa`\n  hint: did you mean `a`?",
                "inv.yml:10:3: `address` is missing in `a`",
                "inv.yml:10:3: `key` is missing in `a`: `auth` has `key`\n"
                    + "  hint: a bastion takes nothing from `defaults`; without `auth` it is [key]",
                "inv.yml:11:3: `none` cannot be the name of a bastion: it stands for no bastion",
                "inv.yml:11:3: `password` is missing in `none`: `auth` has `password`",
                "inv.yml:11:58: unknown key `transport` in `none`\n  hint: known here: address, user, port, auth, key, "
                    + "passphrase, password, agent_key, known_hosts, bastion",
                "inv.yml:12:3: `fe01` is the name of a pool or host already",
                "inv.yml:12:64: unknown bastion `elsewhere`\n  hint: known here: a, none, fe01",
            ])
    }

    @Test func `a password or passphrase cannot be handed to the system's ssh, nor to its bastions`() throws {
        let bastion = two.replacing("auth: [agent]", with: "auth: [agent, password], password: admin")
        let said = try inventoryMistakes(
            text(
                bastion,
                ("{ name: fe01, ", "{ name: fe01, ssh: { transport: ssh, auth: [key, password], password: admin }, "),
                ("{ name: fe02, ", "{ name: fe02, ssh: { transport: ssh, passphrase: admin }, "),
                ("{ name: edge01, ", "{ name: edge01, ssh: { transport: ssh, bastion: dmz }, "),
                ("{ name: um01, ", "{ name: um01, ssh: { transport: ssh, auth: [agent], passphrase: admin }, ")))
        #expect(
            said == [
                "inv.yml:19:13: `transport: ssh` of `fe01` cannot be given a password (`auth` has `password`)\n"
                    + "  hint: auth: [key] or [agent]",
                "inv.yml:20:13: `transport: ssh` of `fe02` cannot be given a passphrase\n"
                    + "  hint: ssh-add the key, and auth: [agent]",
                "inv.yml:28:13: `transport: ssh` of `edge01` cannot give the bastion `outer` a password "
                    + "(`auth` has `password`)\n  hint: auth: [key] or [agent]",
            ])
    }
}
