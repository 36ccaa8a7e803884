import ArgumentParsing
import FleetModel
import Planning

/// `rollout POOL`: brings a pool's orders to what the inventory says.
struct RolloutCommand: Command {
    let about = About(
        "rollout", "bring a pool's certificates to what the inventory says",
        discussion:
            "Shows the plan and asks; then one server first, alone, then the others of the pool in turn. Each success is read back from the server and seen on its TLS ports.",
        examples: ["certfleet rollout fe-lyon", "certfleet rollout fe-lyon --yes"])
    let pools = Argument(repeated: "POOL", .text, required: true, "pool, host's pool or group")
    let change = ChangeOptions()
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let change = given.change
        return try await program.session(given.project.place).begin(
            { project in
                change.request(
                    "rollout \(given.pools.joined(separator: " "))",
                    PlanSelection(pools: try Targets(project.inventory).pools(given.pools)))
            }, consent: .init(yes: change.yes)
        ).rawValue
    }
}

/// `renew`: everything that is due, in all pools.
struct RenewCommand: Command {
    let about = About(
        "renew", "renew every certificate that is due, in all pools or in some",
        discussion:
            "Due is what has less life left than the lead, or than a third of its own whole life if that is less, and what differs from the inventory. Pools go side by side, the members of a pool in turn.",
        examples: ["certfleet renew", "certfleet renew --due 60d --yes", "certfleet renew dmz"])
    let pools = Argument(repeated: "POOL", .text, "pools or groups; none: all")
    let change = ChangeOptions()
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let change = given.change
        let words = ["renew"] + given.pools + (change.due.map { ["--due \($0.text)"] } ?? [])
        return try await program.session(given.project.place).begin(
            { project in
                change.request(
                    words.joined(separator: " "),
                    PlanSelection(pools: try Targets(project.inventory).poolsOrAll(given.pools)))
            }, consent: .init(yes: change.yes)
        ).rawValue
    }
}

/// `push POOL/ORDER`: brings a shared certificate with its key to every member.
struct PushCommand: Command {
    let about = About(
        "push", "bring a pool's shared certificate, key included, to every member",
        discussion:
            "Due or absent, it is ordered and born on the first member that answers; valid but missing somewhere, it is distributed; then it is assigned where it is not. The key travels from memory to memory inside SSH under a one-time password.",
        examples: ["certfleet push edge-lyon/edge-av"])
    let order = Argument("POOL/ORDER", .text, "the shared order")
    let change = ChangeOptions()
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let change = given.change
        return try await program.session(given.project.place).begin(
            { project in
                change.request(
                    "push \(given.order)",
                    try Targets(project.inventory).sharedOrder(given.order))
            }, consent: .init(yes: change.yes)
        ).rawValue
    }
}

/// `restart [HOST|POOL]`: pays the restarts that are owed.
struct RestartCommand: Command {
    let about = About(
        "restart", "do the restarts that are owed, one server at a time",
        discussion:
            "A restart is owed where it was put off (--defer-restarts, restarts: defer, a window), and on the Front Ends of an Exchange server whose certificate is new. The pool is asked first whether it can do without the server, services are drained, and what runs afterwards is read back.",
        examples: ["certfleet restart", "certfleet restart fe-lyon", "certfleet restart fe01"])
    let targets = Argument(repeated: "HOST|POOL", .text, "hosts, pools or groups; none: wherever one is owed")
    let yes = Flag("yes", short: "y", "do not ask")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let place = given.project.place
        let project = try Project.load(place)
        let chosen = try Targets(project.inventory).hostsOrAll(given.targets)
        let owed = try await Records(place).debts().filter { chosen.hosts?.contains($0.host) ?? true }
        let pools = chosen.pools.filter { pool in owed.contains { $0.pool == pool } }
        let lost = owed.filter { project.inventory.host($0.host) == nil }
        for debt in lost {
            program.terminal.say("note: \(debt.host) is in the inventory no more; it owed \(debt.what)\n")
        }
        guard !pools.isEmpty else {
            program.terminal.say("no restart is owed\n")
            return 0
        }
        let hosts = owed.filter { pools.contains($0.pool) }.map(\.host)
        return try await program.session(place).begin(
            { _ in
                RunRequest(
                    command: (["restart"] + given.targets).joined(separator: " "),
                    selection: PlanSelection(pools: pools), restart: Set(hosts))
            }, consent: .init(yes: given.yes)
        ).rawValue
    }
}

/// `assign POOL…`: what waits in the servers' stores.
struct AssignCommand: Command {
    let about = About(
        "assign", "assign the new certificates that wait in the servers' stores",
        discussion:
            "Orders with assign: manual end when the certificate is in the store; this is the rest: gate, assignment, restart, proof. Nothing is ordered.",
        examples: ["certfleet assign fe-lyon"])
    let pools = Argument(repeated: "POOL", .text, "pools or groups; none: all")
    let change = ChangeOptions()
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let change = given.change
        return try await program.session(given.project.place).begin(
            { project in
                RunRequest(
                    command: (["assign"] + given.pools).joined(separator: " "),
                    selection: PlanSelection(pools: try Targets(project.inventory).poolsOrAll(given.pools)),
                    lead: change.due, accepted: Set(change.accept), assignsWaiting: true)
            }, consent: .init(yes: change.yes)
        ).rawValue
    }
}
