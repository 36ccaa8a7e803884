import ArgumentParsing
import FleetFiles
import FleetModel
import Foundation

struct InventoryLintCommand: Command {
    let about = About("lint", "check an inventory, and say every mistake with its place; contacts nothing")
    let file = Argument(optional: "FILE", .file, "the inventory; none: the project's")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        var place = given.project.place
        if let file = given.file { place.inventory = file }
        let project = try Project.load(place)
        let hosts = project.inventory.pools.flatMap(\.hosts).count
        program.terminal.say(
            "\(place.inventoryPath): \(hosts) hosts in \(project.inventory.pools.count) pools, no mistakes\n")
        return 0
    }
}

struct InventoryListCommand: Command {
    let about = About("list", "list pools, hosts and orders")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        for pool in project.inventory.pools {
            program.terminal.write("\(pool.name)  \(pool.type.rawValue) \(pool.version.rawValue)\n")
            for order in pool.orders {
                program.terminal.write(
                    "  order \(order.id)  \(order.usages.joined(separator: ", "))  from \(order.authority), sharing \(order.sharing.rawValue)\n"
                )
            }
            for host in pool.hosts {
                program.terminal.write("  host  \(host.name)  \(host.fqdn)  \(host.address):\(host.ssh.port)\n")
            }
        }
        return 0
    }
}
