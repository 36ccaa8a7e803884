import Foundation
import FleetModel
import Testing

@testable import FleetFiles

/// A small inventory without a mistake, into which tests put one.
let soundInventory = """
    version: 1
    sip_domains: [example.com]
    secrets:
      admin: { from: prompt, text: Password }
    authorities:
      corp: { kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }
    defaults:
      ssh: { user: certfleet, key: ~/.ssh/id }
    sites:
      lyon:
        pools:
          fe:
            type: front-end
            fqdn: pool.example.com
            hosts:
              - { name: fe01, fqdn: fe01.example.com }
              - { name: fe02, fqdn: fe02.example.com }
            orders:
              - { id: fe, usages: [Default], authority: corp }
          edge:
            type: edge
            fqdn: edge.example.com
            access: { fqdn: sip.example.com }
            hosts:
              - { name: edge01, fqdn: edge01.example.com }
            orders:
              - { id: ext, usages: [AccessEdgeExternal], authority: corp }
          um:
            type: exchange-um
            version: 2013
            hosts:
              - { name: um01, fqdn: um01.example.com }
            orders:
              - { id: um, usages: [UM], authority: corp }

    """

/// The sound inventory with one passage replaced, which must stand in it.
func inventory(_ old: String, _ new: String) throws -> String {
    let parts = soundInventory.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(old) does not stand in the sound inventory")
    return parts.joined(separator: new)
}

func parsedInventory(_ text: String) throws(Diagnostics) -> Inventory {
    try InventoryFile.parse(text: text, file: "inv.yml", folder: "/project", home: "/home/me")
}

/// All mistakes of a text, as they are printed.
func inventoryMistakes(_ text: String) -> [String] {
    do {
        _ = try parsedInventory(text)
        return []
    } catch {
        return error.all.map(\.description)
    }
}

/// The text of a file of this package.
func packageFile(_ path: String) throws -> String {
    try String(decoding: Data(contentsOf: packageFolder.appending(path: path)), as: UTF8.self)
}

let packageFolder = URL(filePath: #filePath).appending(path: "../../../..").standardized
