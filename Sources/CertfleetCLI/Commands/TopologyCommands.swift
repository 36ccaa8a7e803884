import ArgumentParsing
import FleetFiles
import FleetModel
import Foundation
import Planning
import Running

/// `topology import`: the inventory as it would be if it said what is published.
struct TopologyImportCommand: Command {
    let about = About(
        "import", "write an inventory that says what the deployment has published",
        discussion:
            "Asks one Front End or Director for pools, servers, web and Edge names, SIP domains and simple URLs. What is not published stays as the project's inventory has it: sign-in, authorities, orders, Exchange. New pools get the usual orders, with version, sign-in and authority of the server that was asked. Comments are lost, so the inventory itself is never overwritten.",
        examples: ["certfleet topology import --from fe01 -o inventory/new.yml"])
    let from = Option("from", .text, "the server to ask; none: the first Front End")
    let output = Option("output", short: "o", .file, "write it here; none: print it")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        if let output = given.output, FileManager.default.fileExists(atPath: output) {
            throw Refusal(.usage, "\(output) exists already\n  hint: name another file and compare the two")
        }
        let source = try TopologySource(given.project.place, from: given.from)
        let published = try await source.read(program)
        let inventory = source.project.inventory
        let (result, kept) = TopologyImport(published, like: source.pool).applied(to: inventory)
        for name in kept { program.terminal.say("\(name) is not published; it is kept as it was\n") }
        let text = InventoryText.render(
            result, relativeTo: inventory.folder,
            heading: ["Written by certfleet topology import from \(source.host.fqdn)."])
        do {
            _ = try InventoryFile.parse(text: text, file: given.output ?? "topology", folder: inventory.folder)
        } catch {
            throw Refusal(.badInput, "what is published makes no whole inventory:\n\(error.description)")
        }
        guard let output = given.output else {
            program.terminal.write(text)
            return ExitCode.done.rawValue
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .withoutOverwriting)
        } catch {
            throw Refusal(.cannotWriteState, "\(output) cannot be written: \(error.localizedDescription)")
        }
        program.terminal.say("written; to check it: certfleet inventory lint \(output)\n")
        return ExitCode.done.rawValue
    }
}

/// `topology diff`: where the inventory and the deployment do not say the same.
struct TopologyDiffCommand: Command {
    let about = About(
        "diff", "show where the inventory differs from what the deployment has published",
        examples: ["certfleet topology diff --from fe01 --detailed-exitcode"])
    let from = Option("from", .text, "the server to ask; none: the first Front End")
    let exit = Flag("detailed-exitcode", "exit 2 when something differs")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let source = try TopologySource(given.project.place, from: given.from)
        let published = try await source.read(program)
        let lines = TopologyDifference(
            inventory: PublishedTopology(source.project.inventory), published: published
        ).lines
        for line in lines {
            program.terminal.write(
                "\(line.what): \(line.inventory ?? "nothing") in the inventory, \(line.published ?? "nothing") published\n"
            )
        }
        if lines.isEmpty {
            program.terminal.say("the inventory says what is published\n")
        } else {
            program.terminal.say("to have it written: certfleet topology import --from \(source.host.name) -o FILE\n")
        }
        return (given.exit && !lines.isEmpty ? ExitCode.due : .done).rawValue
    }
}

/// The server that is asked.
private struct TopologySource {
    let project: Project
    let pool: Pool
    let host: FleetModel.Host

    init(_ place: ProjectPlace, from name: String?) throws {
        project = try Project.load(place)
        let inventory = project.inventory
        if let name {
            guard let found = inventory.host(name) else {
                throw Refusal(.noTarget, "there is no host '\(name)'\n  hint: certfleet inventory list")
            }
            (pool, host) = found
            return
        }
        let homes = inventory.pools.first { [.frontEnd, .standardEdition].contains($0.type) }
        guard let homes, let first = homes.hosts.first else {
            throw Refusal(.noTarget, "there is no Front End to ask\n  hint: name a server: --from HOST")
        }
        (pool, host) = (homes, first)
    }

    func read(_ program: ProgramContext) async throws -> PublishedTopology {
        let fleet = try Fleet(
            project, reason: "topology", terminal: program.terminal, surroundings: program.surroundings)
        do {
            let topology = try await fleet.topology(from: host, in: pool)
            await fleet.close()
            return topology
        } catch {
            await fleet.close()
            throw error
        }
    }
}
