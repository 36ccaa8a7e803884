import FleetModel
import Foundation
import Testing

@testable import FleetFiles

/// Rules between parts of the example fleet.
struct InventoryReferenceTests {
    private func said(_ old: String, _ new: String) throws -> [String] {
        let text = try packageFile("inventory/example.yml")
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        return inventoryMistakes(parts.joined(separator: new))
    }

    @Test func `pairing must be mutual`() throws {
        #expect(
            try said("paired_with: fe-lyon", "paired_with: se-lyon") == [
                "inv.yml:52:22: `fe-paris` is not paired with `fe-lyon`\n"
                    + "  hint: pairing is mutual: give `fe-paris` the line `paired_with: fe-lyon`",
                "inv.yml:100:22: `se-lyon` is not paired with `fe-paris`\n"
                    + "  hint: pairing is mutual: give `se-lyon` the line `paired_with: fe-paris`",
            ])
    }

    @Test func `an Exchange pool that takes 2019 from the defaults is told to have its own version`() throws {
        #expect(
            try said("        version: \"2010\"\n", "") == [
                "inv.yml:110:7: `um2010` takes version 2019 from line 37: Unified Messaging was removed with Exchange 2019"
                    + "\n  hint: give the pool a `version` of its own: one of 2007sp1, 2010, 2013, 2016"
            ])
    }

    @Test func `pools, hosts and FQDNs are one of a kind across all sites`() throws {
        #expect(
            try said("      fe-paris:\n", "      se-lyon:\n").contains(
                "inv.yml:95:7: duplicate pool `se-lyon`: it already stands in line 64"))
        #expect(
            try said("fqdn: fepool2.corp.example.com", "fqdn: FE01.corp.example.com") == [
                "inv.yml:97:15: duplicate FQDN `FE01.corp.example.com`: it already stands in line 54"
            ])
    }

    @Test func `a Front End pool cannot have its server's FQDN, an Edge server on its own can`() throws {
        let edge = try inventory("fqdn: edge.example.com", "fqdn: edge01.example.com")
        #expect(inventoryMistakes(edge) == [])
        let standard = try inventory("          - { name: fe02, fqdn: fe02.example.com }\n", "")
            .replacing("fqdn: pool.example.com", with: "fqdn: fe01.example.com")
        #expect(
            inventoryMistakes(standard) == [
                "inv.yml:14:15: duplicate FQDN `fe01.example.com`: it already stands in line 16"
            ])
        let other = standard.replacing("front-end", with: "standard-edition")
        #expect(inventoryMistakes(other) == [])
        #expect(
            inventoryMistakes(other.replacing("fqdn: fe01.example.com\n", with: "fqdn: fe.example.com\n")) == [
                "inv.yml:14:15: the pool of a Standard Edition server has the server's FQDN"
            ])
    }

    @Test func `a host that alone lacks a way to sign in is named`() throws {
        let text = try inventory("fqdn: fe02.example.com }", "fqdn: fe02.example.com, ssh: { auth: [password] } }")
        #expect(
            inventoryMistakes(text) == [
                "inv.yml:17:13: `password` is missing in `ssh` for `fe02`: `auth` has `password`\n"
                    + "  hint: give it under `ssh` of `defaults`, the site, the pool or the host"
            ])
    }

    @Test func `a tab inside a line is one column`() throws {
        #expect(
            inventoryMistakes(try inventory("type: edge", "type:\tegde # \t")) == [
                "inv.yml:21:15: `type` cannot be `egde`\n  hint: did you mean `edge`?"
            ])
    }

    @Test func `no broken text is read as a fleet, and none ends the program`() throws {
        let bytes = Array(try packageFile("inventory/example.yml").utf8)
        var seed: UInt64 = 20_26
        func random(_ limit: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % limit
        }
        for _ in 0..<150 {
            let cut = Array(bytes.prefix(random(bytes.count - 900)))
            #expect(throws: Diagnostics.self) {
                let document = try YAMLDocument.parse(bytes: cut, file: "f")
                let paths = ProjectPaths(folder: "/p", home: nil)
                _ = try InventoryReader(document, file: "f", paths: paths).inventory()
            }
            var changed = bytes
            for _ in 0..<8 { changed[random(bytes.count)] = UInt8(random(256)) }
            _ = inventoryMistakes(String(decoding: changed, as: UTF8.self))
        }
    }

    @Test func `a thousand hosts are read`() throws {
        let hosts = (0..<1000).map { "          - { name: h\($0), fqdn: h\($0).example.com }\n" }.joined()
        let text = try inventory("          - { name: fe02, fqdn: fe02.example.com }\n", hosts)
        #expect(try parsedInventory(text).pools[0].hosts.count == 1001)
    }
}
