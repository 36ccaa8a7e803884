import ArgumentParsing
import FleetFiles
import FleetModel
import Foundation
import Lab
import Planning

struct LabUpCommand: Command {
    let about = About(
        "up", "make a fleet of simulated servers on this machine, or start it again",
        discussion:
            "Makes a project folder with inventory, pinned host keys and authorities, starts a real SSH server for each host and real TLS on the ports of its role, and returns when all answer.",
        examples: ["certfleet lab up demo", "certfleet --project demo plan fe-lyon"])
    let folder = Argument("DIR", .folder, "the lab's folder, empty or not there, or a former lab's")
    let inventory = Option("inventory", short: "i", .file, "the fleet to play; none: the example of thirteen servers")
    let transcripts = Option("transcripts", .folder, "write every conversation here, secrets included")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let file = given.inventory
        let request = LabControl.Request(
            folder: given.folder, program: program.executable,
            transcripts: given.transcripts.map { URL(fileURLWithPath: $0).standardizedFileURL.path },
            source: {
                let inventory = try Self.inventory(file)
                return LabSource(
                    inventory: inventory,
                    // A reverse proxy is named, not managed: nobody seeds its listener.
                    orders: inventory.pools.filter { $0.type != .reverseProxy }
                        .flatMap { OrderBuilder.orders(of: $0, in: inventory) })
            },
            render: {
                InventoryText.render(
                    $0, relativeTo: URL(fileURLWithPath: given.folder).standardizedFileURL.path,
                    heading: ["Written by certfleet lab up: simulated servers on this machine."])
            })
        let answer = try await LabControl.up(request)
        let state = answer.wasUp ? "was up already" : answer.created ? "is up" : "is up again"
        program.terminal.say("the lab in \(given.folder) \(state): \(answer.hosts) hosts answer\n")
        for line in answer.next { program.terminal.say("  \(line)\n") }
        return 0
    }

    private static func inventory(_ file: String?) throws -> Inventory {
        do {
            if let file { return try InventoryFile.read(path: file) }
            return try InventoryFile.parse(
                text: BuiltIn.exampleInventory, file: "inventory/example.yml", folder: "/nonexistent",
                home: "/nonexistent")
        } catch {
            throw Refusal(.badInput, error.description)
        }
    }
}

struct LabDownCommand: Command {
    let about = About("down", "end a lab's servers; its state stays")
    let folder = Argument("DIR", .folder, "the lab's folder")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let was = try await LabControl.down(folder: given.folder)
        program.terminal.say(was ? "the lab in \(given.folder) is down\n" : "the lab in \(given.folder) was not up\n")
        return 0
    }
}

struct LabShowCommand: Command {
    let about = About("show", "print a lab's hosts, ports and folders")
    let folder = Argument("DIR", .folder, "the lab's folder")
    let json = Flag("json", "print JSON")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let show = try LabShow(folder: given.folder)
        if given.json {
            program.terminal.write(String(decoding: try show.json(), as: UTF8.self))
            return 0
        }
        for host in show.hosts {
            program.terminal.write("\(host.name)  \(host.pool)  ssh \(host.address):\(host.port)  \(host.state)\n")
            for port in host.tls { program.terminal.write("  \(port.usage)  \(port.standard) is \(port.port)\n") }
        }
        return 0
    }
}

struct LabFaultCommand: Command {
    let about = About(
        "fault", "make a simulated server misbehave, or well again",
        examples: [
            "certfleet lab fault demo fe02 cut-after --at assign --times 1", "certfleet lab fault demo fe02 --clear",
        ])
    let folder = Argument("DIR", .folder, "the lab's folder")
    let host = Argument("HOST", .text, "the host, or an authority of kind certsrv or host-online")
    let fault = Argument(
        optional: "FAULT", .text,
        LabFaults.names.joined(separator: ", ") + "; of such an authority: "
            + LabWebAuthority.faultNames.joined(separator: ", "))
    let at = Option("at", .text, "the step it happens at, as plan prints it; none: the first that changes something")
    let times = Option("times", .integer(1...1000), "how often; none: until cleared")
    let clear = Flag("clear", "take back all faults of the host")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        if try LabWebAuthority.exists(given.host, folder: given.folder) {
            if given.clear {
                try LabWebAuthority.clear(given.host, folder: given.folder)
                return 0
            }
            guard let fault = given.fault, given.at == nil, given.times == nil else {
                throw given.usageError(
                    "web pages take one fault, without step or count",
                    hint: "faults: \(LabWebAuthority.faultNames.joined(separator: ", "))")
            }
            try LabWebAuthority.set(fault, on: given.host, folder: given.folder)
            return 0
        }
        if given.clear {
            try await LabFaults.clear(host: given.host, folder: given.folder)
            return 0
        }
        guard let fault = given.fault else {
            throw given.usageError(
                "a fault or --clear is needed", hint: "faults: \(LabFaults.names.joined(separator: ", "))")
        }
        try await LabFaults.set(
            fault, on: given.host, at: given.at, times: given.times, steps: try Self.steps(), folder: given.folder)
        return 0
    }

    /// The names of all steps of all built-in procedures.
    private static func steps() throws -> [String] {
        let library = try ProcedureLibrary(builtIn: BuiltIn.procedures, signatures: try BuiltIn.signatures())
        let steps = library.procedures.flatMap { $0.prepare + $0.switching + $0.finally }
        return Set(steps.flatMap { [$0.id, "\($0.id).verify", "\($0.id).gate"] }).sorted()
    }
}

struct LabSignCommand: Command {
    let about = About(
        "sign", "play the clerk: answer what lies in outboxes, and decide what waits at web pages")
    let folder = Argument("DIR", .folder, "the lab's folder")
    let format = Option(
        "format", .choice(of: LabClerk.Format.self), default: .pem, "the form of a drop folder's answers")
    let only = Option(repeated: "only", .text, "answer this request alone")
    let deny = Flag("deny", "deny what waits at web pages; outboxes are left alone")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let pages = try LabWebAuthority.any(folder: given.folder)
        let decided =
            pages ? try LabWebAuthority.decide(folder: given.folder, deny: given.deny, only: given.only) : []
        for answer in decided {
            program.terminal.say("\(answer.commonName): request \(answer.request) \(answer.answer)\n")
        }
        let names = given.only.filter { name in !decided.contains { [$0.request, $0.commonName].contains(name) } }
        let signs = try !given.deny && (!pages || LabClerk.hasOutboxes(folder: given.folder))
        let answers =
            signs && (given.only.isEmpty || !names.isEmpty)
            ? try LabClerk.sign(folder: given.folder, format: given.format, only: names) : []
        for answer in answers { program.terminal.say("\(answer.commonName): \(answer.answer)\n") }
        if answers.isEmpty, decided.isEmpty { program.terminal.say("there is nothing to sign\n") }
        return 0
    }
}

/// The lab's daemon; started by `lab up`.
struct LabServeCommand: Command {
    let about = About("serve", "run a lab in the foreground", hidden: true)
    let folder = Argument("DIR", .folder, "the lab's folder")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        try await LabServer.run(folder: given.folder, program: program.executable)
        return 0
    }
}

/// What sshd starts in place of PowerShell.
struct LabHostCommand: Command {
    let about = About("host", "be a simulated server for one connection", hidden: true)
    let folder = Argument("DIR", .folder, "the lab's folder")
    let host = Argument("HOST", .text, "the host")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        await LabHost.run(
            folder: "\(given.folder)/hosts/\(given.host)", environment: ProcessInfo.processInfo.environment,
            agentScript: BuiltIn.agentScript, signatures: BuiltIn.signatureTexts)
    }
}
