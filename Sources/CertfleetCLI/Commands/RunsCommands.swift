import ArgumentParsing
import FleetModel
import Foundation
import Journaling
import Reporting

struct RunsListCommand: Command {
    let about = About("list", "list the runs, newest first")
    let json = Flag("json", "print JSON")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let runs = try await Records(given.project.place).journal()?.runs() ?? []
        program.terminal.write(
            given.json ? JSONText.text(RunsText.json(runs)) : RunsText(clock: DisplayClock(zone: .current)).list(runs))
        return 0
    }
}

struct RunsShowCommand: Command {
    let about = About("show", "show what a run did")
    let id = Argument(optional: "RUN", .text, "the run; none: the newest")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let report = try await Records(given.project.place).report(given.id)
        let style = TextStyle(coloured: program.terminal.isOutputTerminal && program.terminal.colour)
        program.terminal.write(RunReportText(clock: DisplayClock(zone: .current), style: style).text(report))
        return 0
    }
}

struct RunsResumeCommand: Command {
    let about = About("resume", "go on with a run that was not finished")
    let id = Argument(optional: "RUN", .text, "the run; none: the last unfinished")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        try await program.session(given.project.place).resume(given.id).rawValue
    }
}

struct RunsAbortCommand: Command {
    let about = About("abort", "give up a run that was not finished; servers stay as they are")
    let id = Argument(optional: "RUN", .text, "the run; none: the last unfinished")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let place = given.project.place
        do {
            let journal = try await Journal.open(try StateLock(folder: place.statePath, command: "runs abort"))
            let record: RunRecord?
            if let id = given.id {
                record = try await journal.run(id)
            } else {
                record = try await journal.lastUnfinished()
            }
            guard let record, record.isUnfinished else {
                program.terminal.say("no run is unfinished\n")
                return 0
            }
            try await journal.setState(.aborted, of: record.id, exitCode: nil, at: program.surroundings.now())
            program.terminal.say(
                "run \(record.id) (\(record.command)) is given up; certfleet plan shows what is left to do\n")
            return 0
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }
}

struct ReportCommand: Command {
    let about = About("report", "print the report of a run", examples: ["certfleet report --format html > night.html"])
    enum Format: String, CaseIterable, Sendable { case text, json, html, junit }
    let id = Argument(optional: "RUN", .text, "the run; none: the newest")
    let format = Option("format", .choice(of: Format.self), default: .text, "the form of the report")
    let byStep = Flag("by-step", "per server, the vendor's 21 steps with what was called and read back (text, json)")
    let output = Option("output", short: "o", .file, "write it here instead of to standard output")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let report = try await Records(given.project.place).report(given.id)
        let clock = DisplayClock(zone: .current)
        let text =
            switch given.format {
            case .text where given.byStep: VendorStepsText(clock: clock).text(report)
            case .json where given.byStep: JSONText.text(VendorStepsText.json(report))
            case .text: RunReportText(clock: clock, style: TextStyle(coloured: false)).text(report)
            case .json: JSONText.text(RunReportJSON.value(report))
            case .html: RunReportHTML(clock: clock).document(report).text
            case .junit: JUnitText.text(report)
            }
        guard let path = given.output else {
            program.terminal.write(text)
            return 0
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Refusal(.cannotWriteState, "\(path) cannot be written: \(error.localizedDescription)")
        }
        return 0
    }
}

/// The journal, for reading.
struct Records {
    let place: ProjectPlace

    init(_ place: ProjectPlace) { self.place = place }

    func journal() async throws -> Journal? {
        do {
            return try await Journal.read(folder: place.statePath)
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }

    /// Restarts that are owed, as all runs have left them.
    func debts() async throws -> [OwedRestart] {
        do {
            return try await journal()?.debts().owed ?? []
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }

    /// The same, of a plan's hosts.
    func debts(in plan: Plan) async throws -> [OwedRestart] {
        let hosts = Set(plan.pools.flatMap(\.pool.hosts).map(\.name))
        return try await debts().filter { hosts.contains($0.host) }
    }

    /// The report of a run; none named: the newest.
    func report(_ id: String?) async throws -> RunReport {
        guard let journal = try await journal() else { throw none }
        do {
            let record: RunRecord?
            if let id { record = try await journal.run(id) } else { record = try await journal.runs().first }
            guard let record else { throw none }
            var report = RunReport(record, events: try await journal.events(of: record.id))
            let plan = try await journal.plan(of: record.id)
            report.consent = (try? JSONDecoder().decode(KeptPlan.self, from: Data(plan.utf8)))?.words
            return report
        } catch let error as JournalError {
            throw Refusal(error.code == .unknownRun ? .noTarget : error.exitCode, error.fault.description)
        }
    }

    private var none: Refusal { Refusal(.noTarget, "there is no run in \(place.statePath) yet") }
}
