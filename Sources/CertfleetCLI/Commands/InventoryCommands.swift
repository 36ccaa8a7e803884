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
        let missing = try InventoryFile.namedFiles(path: place.inventoryPath).filter { access($0.path, R_OK) != 0 }
        for file in missing { program.terminal.say(Self.words(file)) }
        let hosts = project.inventory.pools.flatMap(\.hosts).count
        let pools = project.inventory.pools.count
        program.terminal.say(
            "\(place.inventoryPath): \(Self.count(hosts, "host")) in \(Self.count(pools, "pool")), no mistakes"
                + (missing.isEmpty ? "\n" : "; \(Self.count(missing.count, "file")) it names cannot be read here\n"))
        return 0
    }

    /// Not a mistake of the inventory: it may be checked on another machine than the one that runs it.
    private static func words(_ file: NamedFile) -> String {
        let hint =
            file.isSignInKey
            ? "\n  hint: an SSH key that the servers know, or a new one: ssh-keygen -t ed25519 -f \(file.path)" : ""
        let reason = access(file.path, F_OK) == 0 ? "may not be read by this account" : "is not on this machine"
        return "\(file.place): `\(file.what)`: \(file.path) \(reason)\(hint)\n"
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
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
