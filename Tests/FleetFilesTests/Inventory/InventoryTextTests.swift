import FleetModel
import Testing

@testable import FleetFiles

/// The inventory without the places, which another text cannot keep.
private func withoutPlaces(_ inventory: Inventory) -> Inventory {
    let nowhere = SourcePlace(file: "", line: 0, column: 0)
    var result = inventory
    result.file = ""
    for name in result.authorities.keys { result.authorities[name]?.place = nowhere }
    for pool in result.pools.indices {
        result.pools[pool].place = nowhere
        for host in result.pools[pool].hosts.indices { result.pools[pool].hosts[host].place = nowhere }
        for order in result.pools[pool].orders.indices { result.pools[pool].orders[order].place = nowhere }
    }
    return result
}

struct InventoryTextTests {
    @Test(arguments: ["inventory/example.yml", "inventory/drop-folder.yml"])
    func `what is written is read back to the same words`(path: String) throws {
        let inventory = try parsedInventory(packageFile(path))
        let text = InventoryText.render(inventory, relativeTo: "/project", heading: ["Written by a test."])
        #expect(withoutPlaces(try parsedInventory(text)) == withoutPlaces(inventory))
        #expect(text.hasPrefix("# Written by a test.\nversion: 1\n"))
        #expect(!text.contains("/project"))
    }

    @Test func `changed values and every optional one are read back`() throws {
        var inventory = try parsedInventory(packageFile("inventory/example.yml"))
        inventory.secrets = [
            "a": .environment("A_B"), "b": .command(["/bin/echo", "no \"quotes\" \\ é: {}"]), "no": .prompt("- # : é"),
            "c": .file("/elsewhere/c"),
        ]
        inventory.organization.name = "O'Neil & Söhne: \"x\" #1"
        inventory.topology.officeWebApps = "owa.example.com"
        inventory.topology.publicIM = ["aol"]
        inventory.topology.xmppDomains = ["example.com"]
        inventory.authorities["corp"]?.kind = .local(
            certificate: "/project/ca/corp.pem", key: "/project/ca/corp.key", days: 730,
            issued: "/project/ca/corp/issued")
        inventory.authorities["public"]?.kind = .dropFolder(outbox: "/project/~out", inbox: "/in")
        inventory.authorities["asked"] = AuthorityDefinition(
            name: "asked", kind: .command(argv: ["/project/ask", "a b"], limit: .seconds(90)),
            chain: ["/project/r.pem"],
            place: SourcePlace(file: "", line: 0, column: 0))
        inventory.authorities["web"] = AuthorityDefinition(
            name: "web",
            kind: .webEnrollment(
                WebEnrollmentSettings(
                    url: "https://ca.example.com:8443/certsrv", template: "Web Server", authentication: .ntlm,
                    user: "CORP\\op", password: "no", trustFile: "/project/ca/web.pem")),
            chain: ["/project/r.pem"], place: SourcePlace(file: "", line: 0, column: 0))
        inventory.pools[2].loadBalancing = .hardware
        inventory.pools[2].rollout.readyFor = .zero
        inventory.pools[2].orders[1].addNames = ["more.example.com"]
        inventory.pools[2].orders[1].dropNames = ["sip.example.net"]
        inventory.pools[2].orders[1].copiesExportable = true
        let agentKey = "SHA256:" + String(repeating: "a/+", count: 14) + "b"
        for host in inventory.pools[2].hosts.indices {
            inventory.pools[2].hosts[host].address = "127.0.0.1"
            inventory.pools[2].hosts[host].ssh = SSHSettings(
                user: "CORP\\op", port: 40000 + host, methods: [.agent, .password, .keyboardInteractive, .key],
                key: "/project/keys/id", passphrase: "a", password: "no", agentKey: agentKey,
                knownHosts: "/project/known_hosts")
            inventory.pools[2].hosts[host].ports = [
                PortMapping(usage: "AccessEdgeExternal", standard: 443, port: 41000 + host),
                PortMapping(usage: "AccessEdgeExternal", standard: 5061, port: 42000 + host),
            ]
            inventory.pools[2].hosts[host].deadlines = Deadlines(
                connect: .milliseconds(1500), signIn: .seconds(3), hello: .seconds(4), step: .seconds(5),
                silence: .seconds(6), drain: .seconds(7))
            inventory.pools[2].hosts[host].externalAccess = "127.0.0.1"
        }
        let text = InventoryText.render(inventory, relativeTo: "/project")
        #expect(withoutPlaces(try parsedInventory(text)) == withoutPlaces(inventory))
        #expect(text.contains("issued: ca/corp/issued\n"))
        #expect(text.contains("outbox: \"./~out\"\n"))
    }

    @Test func `what is left out stays at its default and is written out`() throws {
        let inventory = try parsedInventory(soundInventory)
        let text = InventoryText.render(inventory, relativeTo: "/project")
        #expect(withoutPlaces(try parsedInventory(text)) == withoutPlaces(inventory))
        #expect(text.contains("known_hosts: known_hosts\n"))
        #expect(text.contains("version: \"2013\"\n"))
    }
}
