import FleetModel
import Testing

@testable import FleetFiles

/// Authorities that servers ask themselves, and what belongs to them.
struct HostOnlineTests {
    private let local = "corp: { kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }"

    private func text(_ rest: String) throws -> String {
        try inventory(local, "corp: { kind: host-online, \(rest) chain: [root.pem, ca.pem] }")
    }

    @Test func `its words are read, with the template's usual name where none is given`() throws {
        let bare = try parsedInventory(text(#"ca: "ca01.example.com\\Issuing 1","#))
        #expect(
            bare.authorities["corp"]?.kind
                == .hostOnline(HostOnlineSettings(authority: #"ca01.example.com\Issuing 1"#, template: "WebServer")))
        let full = try parsedInventory(
            text(#"ca: "ca01\\Issuing", template: Web2, user: "CORP\\op", password: admin,"#))
        #expect(
            full.authorities["corp"]?.kind
                == .hostOnline(
                    HostOnlineSettings(
                        authority: #"ca01\Issuing"#, template: "Web2", user: #"CORP\op"#, password: "admin")))
        let again = try parsedInventory(InventoryText.render(full, relativeTo: "/project"))
        #expect(again.authorities["corp"]?.kind == full.authorities["corp"]?.kind)
    }

    @Test(arguments: [
        ("ca: ca01,", "`ca` must be the authority's server and name"),
        (#"ca: "ca01\\",""#, ""), (#"ca: "\\x","#, "`ca` must be the authority's server and name"),
        ("", "`ca` is missing"),
        (#"ca: "a\\b", user: op,"#, "`user` needs `password` beside it"),
        (#"ca: "a\\b", password: admin,"#, "`password` needs `user` beside it"),
        (#"ca: "a\\b", user: op, password: nobody,"#, "must be the name of one of `secrets`"),
        (#"ca: "a\\b", days: 3,"#, "days"),
    ])
    func `a mistake in it is told`(rest: String, said: String) throws {
        let mistakes = inventoryMistakes(try text(rest)).joined(separator: "\n")
        #expect(!mistakes.isEmpty && mistakes.contains(said), "\(mistakes)")
    }

    @Test func `a sign-in has network credentials by its methods, or by the inventory's word`() throws {
        func host(_ ssh: String) throws -> Bool? {
            try parsedInventory(
                inventory(
                    "ssh: { user: certfleet, key: ~/.ssh/id }", "ssh: { user: certfleet, key: ~/.ssh/id, \(ssh) }")
            )
            .host("fe01")?.host.ssh.hasNetworkCredentials
        }
        #expect(try host("auth: [key]") == false)
        #expect(try host("auth: [password], password: admin") == true)
        #expect(try host("auth: [password, key], password: admin") == false)
        #expect(try host("auth: [key], network_credentials: true") == true)
        #expect(try host("auth: [keyboard-interactive], password: admin, network_credentials: false") == false)
    }

    @Test func `an assignment is automatic unless the order says otherwise`() throws {
        func assignment(_ word: String) throws -> Assignment? {
            try parsedInventory(
                inventory("usages: [Default], authority: corp", "usages: [Default], authority: corp\(word)")
            ).pools[0].orders[0].assignment
        }
        #expect(try assignment("") == .automatic)
        #expect(try assignment(", assign: manual") == .manual)
        let text = try inventory(
            "usages: [Default], authority: corp", "usages: [Default], authority: corp, assign: manul")
        #expect(inventoryMistakes(text).joined().contains("did you mean"))
    }
}
