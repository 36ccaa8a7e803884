import ArgumentParsing
import Authorities
import FleetModel
import Foundation
import Journaling

struct PendingListCommand: Command {
    let about = About("list", "list the requests that wait for an answer, and certificates that wait to be assigned")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let list = await AuthorityRouter(project, secrets: nil).pending()
        for request in list.requests {
            let words = request.words.isEmpty ? "" : "  \(request.id): \(request.words)\n"
            program.terminal.write(
                "\(request.authority)  \(request.file)\n\(words)  \(request.subject)\n  \(request.names.joined(separator: ", "))\n"
            )
        }
        let records = try await WaitingOrders.read(Records(given.project.place), inventory: project.inventory)
        for line in records.lines { program.terminal.write(line + "\n") }
        if list.requests.isEmpty, records.lines.isEmpty { program.terminal.say("no request waits\n") }
        for note in list.notes { program.terminal.say("note: \(note)\n") }
        return 0
    }
}

struct PendingCollectCommand: Command {
    let about = About(
        "collect", "take up the runs that wait, with the answers that have come",
        discussion:
            "Answers in a drop folder's inbox are matched by their public key, whatever their name and form; the run goes on where it rested."
    )
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let place = given.project.place
        let project = try Project.load(place)
        do {
            let journal = try await Journal.open(try StateLock(folder: place.statePath, command: "pending collect"))
            let resting = try await waiting(journal)
            if resting.isEmpty { program.terminal.say("no run waits for an answer\n") }
            var codes: [ExitCode] = []
            for record in resting {
                codes.append(try await program.session(place).resume(record, project, journal))
            }
            return ExitCode.strongest(codes).rawValue
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        }
    }

    /// Runs that rest, oldest first, and those that died or were stopped while an answer of theirs was taken up.
    private func waiting(_ journal: Journal) async throws -> [RunRecord] {
        var waiting: [RunRecord] = []
        for record in try await journal.runs().reversed() where record.isUnfinished {
            let rested = try await journal.events(of: record.id).contains { event in
                if case .resting = event.kind { true } else { false }
            }
            if rested { waiting.append(record) }
        }
        return waiting
    }
}

struct PendingCancelCommand: Command {
    let about = About(
        "cancel", "forget a request that waits, or whose outcome is unknown",
        discussion:
            "Nothing is withdrawn at the authority: look there first. Asked again, the request is ordered anew; a run that waits for it does so when it is resumed.",
        examples: ["certfleet pending cancel 42", "certfleet pending cancel corp/42"])
    let id = Argument("ID", .text, "the request, as pending list shows it")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let place = given.project.place
        let project = try Project.load(place)
        do {
            let lock = try StateLock(folder: place.statePath, command: "pending cancel")
            defer { withExtendedLifetime(lock) {} }
            let request = try await AuthorityRouter(project, secrets: nil).cancel(given.id)
            program.terminal.say("\(request.authority): request \(request.id) is forgotten: \(request.subject)\n")
            return 0
        } catch let error as JournalError {
            throw Refusal(error.exitCode, error.fault.description)
        } catch let fault as Fault {
            throw Refusal(.noTarget, fault.description)
        }
    }
}
