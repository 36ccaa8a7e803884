import ArgumentParsing
import FleetModel
import Foundation
import Planning
import Reporting
import Running

/// `plan [POOL…]`: what would be done, and why.
struct PlanCommand: Command {
    let about = About(
        "plan", "show what would be done, and why; changes nothing",
        discussion:
            "Looks at the servers and prints orders, names with their origin, the cmdlet calls and the waves. A saved plan is carried out with apply, which refuses it when the world has moved.",
        examples: ["certfleet plan fe-lyon", "certfleet plan -o tonight.plan"])
    let pools = Argument(repeated: "POOL", .text, "pools or groups; none: all")
    let output = Option("output", short: "o", .file, "save the plan here, for apply")
    let json = Flag("json", "print JSON")
    let exit = Flag("detailed-exitcode", "exit 2 when there is something to do")
    let change = ChangeOptions()
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let pools = try Targets(project.inventory).poolsOrAll(given.pools)
        let request = given.change.request(
            given.pools.isEmpty ? "renew" : "rollout \(given.pools.joined(separator: " "))",
            PlanSelection(pools: pools))
        let look = Look(program: program, project: project)
        var (plan, _) = try await look.plan(request, reason: "plan")
        plan.owed = try await Records(given.project.place).debts(in: plan)
        let saved = SavedPlan(request: request, digest: PlanDigest.of(plan), plan: PlanJSON.value(plan))
        if let path = given.output { try saved.write(to: path) }
        if given.json {
            program.terminal.write(JSONText.text(saved.json))
        } else {
            let style = TextStyle(coloured: program.terminal.isOutputTerminal && program.terminal.colour)
            program.terminal.write(PlanText(clock: DisplayClock(zone: .current), style: style).text(plan))
        }
        if let path = given.output { program.terminal.say("saved; to carry it out: certfleet apply \(path)\n") }
        return look.exitCode(of: plan, detailed: given.exit, faultsShown: !given.json).rawValue
    }
}

/// `status`: what is assigned where, until when.
struct StatusCommand: Command {
    let about = About("status", "show what is assigned where, and until when; reads only")
    let pools = Argument(repeated: "POOL", .text, "pools or groups; none: all")
    let json = Flag("json", "print JSON")
    let prometheus = Flag("prometheus", "print the Prometheus text format")
    let exit = Flag("detailed-exitcode", "exit 2 when something is due")
    let due = Option("due", .duration, "the lead to judge by")
    let project = ProjectOptions()
    let program: ProgramContext
    var rules: [ParameterRule] { [.atMostOne(json, prometheus)] }

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let request = RunRequest(
            command: "status", selection: PlanSelection(pools: try Targets(project.inventory).poolsOrAll(given.pools)),
            lead: given.due)
        let look = Look(program: program, project: project)
        var (plan, facts) = try await look.plan(request, reason: "status")
        plan.owed = try await Records(given.project.place).debts(in: plan)
        var report = StatusReport(
            pools: plan.pools, facts: facts.compactMapValues(\.facts), now: program.surroundings.now())
        report.owed = plan.owed
        if given.json {
            program.terminal.write(JSONText.text(StatusJSON.value(report)))
        } else if given.prometheus {
            program.terminal.write(PrometheusText.text(report))
        } else {
            let style = TextStyle(coloured: program.terminal.isOutputTerminal && program.terminal.colour)
            program.terminal.write(StatusText(clock: DisplayClock(zone: .current), style: style).text(report))
        }
        return look.exitCode(of: plan, detailed: given.exit, faultsShown: !given.json && !given.prometheus).rawValue
    }
}

/// `apply PLANFILE`: carries out a saved plan, if the world is still as it was.
struct ApplyCommand: Command {
    let about = About(
        "apply", "carry out a saved plan; refused when a certificate or a member has changed since")
    let file = Argument("PLANFILE", .file, "made by plan -o")
    let yes = Flag("yes", short: "y", "do not ask")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let saved = try SavedPlan.read(given.file)
        return try await program.session(given.project.place)
            .begin({ _ in saved.request }, consent: .init(yes: given.yes, digest: saved.digest)).rawValue
    }
}

/// Surveys and plans without a journal: reading never locks.
struct Look {
    let program: ProgramContext
    let project: Project

    /// - Parameter hosts: Looks at these alone; `nil`: at all hosts of the request's pools.
    func plan(
        _ request: RunRequest, reason: String, only hosts: Set<String>? = nil
    ) async throws -> (Plan, [String: SurveyResult]) {
        let fleet = try Fleet(project, reason: reason, terminal: program.terminal, surroundings: program.surroundings)
        let facts = await fleet.survey(request.selection.pools, only: hosts)
        await fleet.close()
        return (fleet.plan(request, run: "<run>", facts: facts), facts)
    }

    /// Says what could not be looked at, and what to end with.
    ///
    /// - Parameter faultsShown: They stand in what was written to standard output: who sees both streams on one
    ///   terminal is not told twice.
    func exitCode(of plan: Plan, detailed: Bool, faultsShown: Bool = false) -> ExitCode {
        let isSaid = faultsShown && program.terminal.isOutputTerminal && program.terminal.isErrorTerminal
        var codes: [ExitCode] = [.done]
        for pool in plan.pools {
            let faults = pool.unreachable.values.sorted { ($0.host ?? "") < ($1.host ?? "") }
            for fault in isSaid ? [] : faults { program.terminal.say(FaultText.text(fault) + "\n") }
            if !faults.isEmpty { codes.append(faults.allSatisfy { $0.kind == .unreachable } ? .unreachable : .failed) }
        }
        let faults = plan.pools.flatMap(\.unreachable.values)
        if !faults.isEmpty, faults.count == plan.pools.flatMap(\.pool.hosts).count,
            faults.allSatisfy({ $0.kind == .refused })
        {
            return .refused
        }
        if detailed, !plan.owed.isEmpty { codes.append(.waiting) }
        if detailed, plan.pools.contains(where: \.isDue) { codes.append(.due) }
        return ExitCode.strongest(codes)
    }
}

/// A plan in a file.
struct SavedPlan: Codable {
    var version = 1
    var request: RunRequest
    var digest: String
    var plan: JSONValue

    init(request: RunRequest, digest: String, plan: JSONValue) {
        self.request = request
        self.digest = digest
        self.plan = plan
    }

    var json: JSONValue {
        guard case .object(var members) = plan else { return plan }
        members["digest"] = .string(digest)
        return .object(members)
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Refusal(.cannotWriteState, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    static func read(_ path: String) throws -> SavedPlan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(.badInput, "\(path) cannot be read\n  hint: make one: certfleet plan -o \(path)")
        }
        guard let saved = try? JSONDecoder().decode(SavedPlan.self, from: data), saved.version == 1 else {
            throw Refusal(
                .badInput, "\(path) is no saved plan of this version\n  hint: make one: certfleet plan -o \(path)")
        }
        return saved
    }
}
