import FleetModel
import Foundation
import Testing

@testable import FleetFiles

struct InventoryTests {
    @Test func `the example is read as it is meant`() throws {
        let path = packageFolder.appending(path: "inventory/example.yml").path
        let inventory = try InventoryFile.read(path: path)
        #expect(inventory.folder == packageFolder.path.trimmingSuffix("/"))
        #expect(inventory.organization.country == "FR")
        #expect(inventory.sipDomains == ["example.com", "example.net"])
        #expect(inventory.topology.meet == ["meet.example.com", "meet.example.net"])
        #expect(inventory.topology.dialin == "dialin.example.com")
        #expect(inventory.topology.autodiscover)
        #expect(
            inventory.pools.map(\.name) == ["fe-lyon", "se-lyon", "edge-lyon", "fe-paris", "um2010", "um2013"])
        #expect(inventory.pools.flatMap(\.hosts).count == 13)
        #expect(inventory.pools.map(\.version) == [.v2019, .v2019, .v2019, .v2015, .v2010, .v2013])
        #expect(inventory.groups["lyon"] == ["fe-lyon", "se-lyon", "edge-lyon"])
        #expect(
            inventory.secrets == [
                "edge-admin": .prompt("Edge local administrator"),
                "ssh-domain": .file("\(inventory.folder)/secrets/ssh-domain"),
            ])
        let authority = try #require(inventory.authorities["public"])
        #expect(
            authority.kind
                == .local(
                    certificate: "\(inventory.folder)/pki/public.pem", key: "\(inventory.folder)/pki/public.key",
                    days: 47,
                    issued: nil))
        #expect(authority.chain == ["\(inventory.folder)/pki/root.pem"])
        #expect(authority.place.line == 29)
    }

    @Test func `the Edge pool of the example has its services, its shared orders and its own user`() throws {
        let text = try packageFile("inventory/example.yml")
        let inventory = try InventoryFile.parse(text: text, file: "e.yml", folder: "/p", home: "/home/me")
        let edge = try #require(inventory.pool("edge-lyon"))
        #expect(edge.type == .edge)
        #expect(edge.nextHop == "fe-lyon")
        #expect(edge.av == EdgeService(fqdn: "av.example.com", port: 443))
        #expect(edge.orders.map(\.sharing) == [.host, .pool, .pool])
        #expect(edge.orders[2].usages == ["AudioVideoAuthentication"])
        #expect(edge.lead == .seconds(60 * 86_400))
        #expect(edge.rollout == RolloutPolicy(canary: 1, maxFailures: 0, readyFor: .seconds(1200)))
        let host = edge.hosts[0]
        #expect(host.externalWebConferencing == "198.51.100.21")
        #expect(edge.hosts[2].externalAccess == nil)
        #expect(
            host.ssh
                == SSHSettings(
                    user: "certadmin", port: 22, methods: [.key], key: "/home/me/.ssh/certfleet",
                    knownHosts: "/p/known_hosts"))
        #expect(host.deadlines == Deadlines())
        #expect(inventory.host("fe01")?.host.ssh.user == "certfleet")
        #expect(inventory.host("fe01")?.pool.orders[0].addNames == ["ucupdates-r2.example.com"])
    }

    @Test func `the drop-folder example is read without a version and an organization`() throws {
        let text = try packageFile("inventory/drop-folder.yml")
        let inventory = try InventoryFile.parse(text: text, file: "e.yml", folder: "/p", home: "/home/me")
        #expect(inventory.authorities["public"]?.kind == .dropFolder(outbox: "/p/requests", inbox: "/p/answers"))
        #expect(inventory.pools.map(\.version) == [.v2019])
    }

    @Test func `a lower level's settings go before those above, key by key`() throws {
        let text = try inventory(
            "hosts:\n          - { name: fe01, fqdn: fe01.example.com }",
            """
            ssh: { port: 2222, auth: [agent, password], password: admin }
                    key: { bits: 4096 }
                    rollout: { ready_for: 0s }
                    renew: { lead: 10d }
                    deadlines: { step: 5m }
                    load_balancing: hardware
                    hosts:
                      - { name: fe01, fqdn: fe01.example.com, ssh: { user: other }, deadlines: { step: 1m }, address: 10.0.0.1 }
            """)
        let pool = try #require(try parsedInventory(text).pool("fe"))
        #expect(pool.hosts[0].ssh.user == "other")
        #expect(pool.hosts[0].ssh.port == 2222)
        #expect(pool.hosts[0].ssh.methods == [.agent, .password])
        #expect(pool.hosts[0].ssh.password == "admin")
        #expect(pool.hosts[0].deadlines == Deadlines(step: .seconds(60)))
        #expect(pool.hosts[1].ssh.user == "certfleet")
        #expect(pool.hosts[1].deadlines.step == .seconds(300))
        #expect(pool.hosts.map(\.address) == ["10.0.0.1", "fe02.example.com"])
        #expect(pool.orders[0].key == KeySpecification(bits: 4096))
        #expect(pool.rollout == RolloutPolicy(readyFor: .zero))
        #expect(pool.lead == .seconds(864_000))
        #expect(pool.loadBalancing == .hardware)
    }

    @Test func `ten different mistakes are told in one go, each where it stands`() throws {
        let text = """
            version: 1
            organization: { name: "Société 漢字", unitt: x }
            sip_domains: [example.com]
            authorities:
              corp: { kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 0 }
            defaults:
              ssh: { user: "漢é", key: k, password: hunter2 }
            sites:
              lyon:
                pools:
                  fe:
                    type: front-end
                    fqdn: pool_1.example.com
                    hosts:
                      - { name: fe01, fqdn: fe01.example.com, address: 10.1.1.300 }
                      - { name: fe01, fqdn: fe02.example.com }
                    orders:
                      - { id: fe, usages: [Defualt], authority: crop }
                      - { id: web, usages: [WebServicesInternal], authority: corp, key: 2048, id: web }
            """
        #expect(
            inventoryMistakes(text) == [
                "inv.yml:2:37: unknown key `unitt` in `organization`\n  hint: did you mean `unit`?",
                "inv.yml:5:83: `days` must be between 1 and 3650, not 0",
                "inv.yml:7:40: `password` must be the name of one of `secrets`: a secret itself never stands in the "
                    + "inventory\n  hint: declare it under `secrets` and write its name",
                "inv.yml:13:15: `fqdn` cannot be `pool_1.example.com`: it has an underscore: only letters, digits "
                    + "and hyphens are allowed",
                "inv.yml:15:60: `address` cannot be `10.1.1.300`: it is no IP address",
                "inv.yml:16:21: duplicate host name `fe01`: it already stands in line 15",
                "inv.yml:18:32: `Defualt` is no usage of `front-end` pools\n  hint: did you mean `Default`?",
                "inv.yml:18:53: unknown authority `crop`\n  hint: did you mean `corp`?",
                "inv.yml:19:77: `key` must be a mapping, not a text",
                "inv.yml:19:83: duplicate key `id`: it already stands in line 19",
            ])
        let windows = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        #expect(inventoryMistakes(windows) == inventoryMistakes(text))
    }

    @Test(arguments: [
        ("prompt, text: Password", "hunter2", "secrets"), ("{ from: prompt, text: Password }", "hunter2", "secrets"),
        ("{ from: prompt, text: Password }", "{ from: prompt, text: P, value: hunter2 }", "secrets"),
        ("{ from: prompt, text: Password }", "{ hunter2: x }", "secrets"),
        ("user: certfleet", "user: certfleet, password: hunter2", "ssh"),
        ("user: certfleet", "user: certfleet, passphrase: [hunter2]", "ssh"),
        ("user: certfleet", "user: certfleet, passphrase: { value: hunter2 }", "ssh"),
    ])
    func `no message shows a secret that was written down`(old: String, new: String, key: String) throws {
        let said = inventoryMistakes(try inventory(old, new))
        #expect(said.count == 1)
        #expect(!said.joined().contains("hunter2"))
    }

    @Test func `a mistake of syntax is one message with its place`() {
        #expect(
            inventoryMistakes("version: 1\nsip_domains: [a\nsites: {}\n").map { $0.prefix(12) } == ["inv.yml:3:6:"])
        #expect(inventoryMistakes("a:\n\tb: 1\n").first?.hasPrefix("inv.yml:2:1: ") == true)
        #expect(inventoryMistakes("- a\n") == ["inv.yml:1:1: `inventory` must be a mapping, not a list"])
        #expect(inventoryMistakes("") == ["inv.yml:1:1: the file is empty"])
    }

    @Test func `a file that is absent or no file is named as the user gave it`() {
        #expect { try InventoryFile.read(path: "absent/fleet.yml") } throws: {
            "\($0)" == "absent/fleet.yml:1:1: no such file, or no right to read it"
        }
        #expect { try InventoryFile.read(path: "/dev/zero") } throws: {
            "\($0)" == "/dev/zero:1:1: not a regular file"
        }
    }

    @Test(arguments: [
        ("/p/inventory/fleet.yml", "/p"), ("/p/fleet.yml", "/p"), ("/p//inventory/./fleet.yml", "/p"),
        ("/fleet.yml", "/"),
    ])
    func `paths belong to the project folder`(file: String, folder: String) {
        #expect(InventoryFile.projectFolder(of: file) == folder)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
