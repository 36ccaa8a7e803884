import FleetModel
import Foundation
import Synchronization
import Testing

@testable import Journaling

/// A state folder of its own, gone with the test.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

let noon = Date(timeIntervalSince1970: 1_795_257_780.123)

extension Journal {
    /// Sets how many pages the file may have: a full disk, as SQLite sees it.
    func limitPages(_ count: Int) throws { try readable().run("PRAGMA max_page_count = \(count)") }

    func damage(_ sql: String) throws { try readable().run(sql) }
}

@Suite struct JournalTests {
    let scratch: ScratchFolder
    var folder: String { scratch.path + "/state" }

    init() throws { scratch = try ScratchFolder() }

    func opened() async throws -> Journal {
        try await Journal.open(StateLock(folder: folder, command: "rollout fe-lyon"))
    }

    func newRun(_ journal: Journal, at time: Date = noon) async throws -> String {
        try await journal.createRun(
            command: "rollout fe-lyon", inventory: "inventory/fleet.yml", plan: #"{"version":1}"#,
            hosts: ["fe01", "fe02"], at: time)
    }

    @Test func `a run that was created is listed with its plan and hosts`() async throws {
        let journal = try await opened()
        let id = try await newRun(journal)
        #expect(id.hasPrefix("20261121-1043-"))
        #expect(id.count == 18)
        #expect(try await journal.plan(of: id) == #"{"version":1}"#)
        let record = try #require(try await journal.runs().first)
        #expect(record.state == .running)
        #expect(record.hosts == ["fe01", "fe02"])
        #expect(record.inventory == "inventory/fleet.yml")
        #expect(abs(record.began.timeIntervalSince(noon)) < 0.001)
        #expect(record.ended == nil)
    }

    @Test func `events come back as they were written, after the file was closed`() async throws {
        let key = StepKey(host: "fe01", subject: "fe-lyon/fe-default", part: .prepare, step: "request")
        let kinds: [RunEvent.Kind] = [
            .runBegan(command: "rollout fe-lyon", resumed: false),
            .intent(key, call: "Request-CsCertificate -New", names: ["folder": "cf-81"]),
            .outcome(
                key, StepOutcome(.failed, captures: ["x": .array([.int(1)])], fault: Fault("a.b", .failed, "no"))),
            .note(host: nil, text: "quotes ' \" \u{0} und Umlaute äöü"),
        ]
        let events = kinds.enumerated().map {
            RunEvent(time: noon.addingTimeInterval(Double($0.offset) / 3), kind: $0.element)
        }
        let id: String
        do {
            let journal = try await opened()
            id = try await newRun(journal)
            for event in events { try await journal.append(event, to: id) }
            await journal.close()
        }
        let again = try #require(try await Journal.read(folder: folder))
        #expect(try await again.events(of: id) == events)
    }

    @Test func `the end of a run sets its state and its exit code`() async throws {
        let journal = try await opened()
        let sink = RunJournal(journal, run: try await newRun(journal), now: { noon })
        try await sink.record(.runBegan(command: "x", resumed: false))
        try await sink.record(.runEnded(.resting, exitCode: .waiting))
        let rested = try await journal.run(sink.run)
        #expect(rested.state == .resting && rested.exitCode == .waiting && rested.ended != nil)
        #expect(try await journal.lastUnfinished()?.id == sink.run)
        try await sink.record(.runBegan(command: "x", resumed: true))
        let resumed = try await journal.run(sink.run)
        #expect(resumed.state == .running && resumed.exitCode == nil && resumed.ended == nil)
        try await journal.setState(.aborted, of: sink.run, exitCode: .done, at: noon)
        #expect(try await journal.run(sink.run).state == .aborted)
        #expect(try await journal.lastUnfinished() == nil)
    }

    @Test func `runs are listed newest first`() async throws {
        let journal = try await opened()
        let first = try await newRun(journal)
        let second = try await newRun(journal)
        #expect(try await journal.runs().map(\.id) == [second, first])
        #expect(try await journal.lastUnfinished()?.id == second)
    }

    @Test func `five hundred hosts at once lose nothing, and the observer sees the journal's order`() async throws {
        let journal = try await opened()
        let seen = Mutex<[RunEvent]>([])
        let sink = RunJournal(
            journal, run: try await newRun(journal), now: { noon },
            observer: { event in seen.withLock { $0.append(event) } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    for step in 1...3 { try await sink.record(.note(host: "h\(number)", text: "\(step)")) }
                }
            }
            try await group.waitForAll()
        }
        let stored = try await journal.events(of: sink.run)
        #expect(stored.count == 1500)
        #expect(seen.withLock { $0 } == stored)
        let first = stored.compactMap { event in
            if case .note("h7", let text) = event.kind { text } else { nil }
        }
        #expect(first == ["1", "2", "3"])
        #expect(await journal.commits < 1500)
    }

    @Test func `a full disk stops the run with a fault of kind state, and what was written stays`() async throws {
        let journal = try await opened()
        let sink = RunJournal(journal, run: try await newRun(journal), now: { noon })
        try await sink.record(.note(host: nil, text: "before"))
        try await journal.limitPages(1)
        let fault = await #expect(throws: Fault.self) {
            try await sink.record(.note(host: nil, text: String(repeating: "x", count: 100_000)))
        }
        #expect(fault?.code == "journal.not-written" && fault?.kind == .state)
        #expect(fault?.hint?.contains("runs resume") == true)
        #expect(try await journal.events(of: sink.run).count == 1)
        try await journal.limitPages(1_000_000)
        try await sink.record(.note(host: nil, text: "after"))
        #expect(try await journal.events(of: sink.run).count == 2)
    }

    @Test func `the journal and its folder are their owner's alone`() async throws {
        let journal = try await opened()
        _ = try await newRun(journal)
        for (name, mode) in [("", 0o700), ("/journal.sqlite", 0o600), ("/journal.sqlite-wal", 0o600), ("/lock", 0o600)]
        {
            let found = try FileManager.default.attributesOfItem(atPath: folder + name)[.posixPermissions] as? Int
            #expect(found == mode, "\(name)")
        }
    }

    @Test func `the journal of a newer version is refused`() async throws {
        let journal = try await opened()
        try await journal.damage("INSERT INTO migrations (number, name) VALUES (99, 'later')")
        await journal.close()
        let error = await #expect(throws: JournalError.self) { _ = try await Journal.read(folder: folder) }
        #expect(error?.code == .newer)
    }

    @Test func `a record that is damaged, unknown or missing is named, never skipped`() async throws {
        let journal = try await opened()
        let id = try await newRun(journal)
        for text in ["one", "two"] {
            try await journal.append(RunEvent(time: noon, kind: .note(host: nil, text: text)), to: id)
        }
        func error() async -> JournalError? {
            await #expect(throws: JournalError.self) { _ = try await journal.events(of: id) }
        }
        try await journal.damage(#"UPDATE events SET body = '{"time":0,"kind":{"danced":{}}}' WHERE sequence = 2"#)
        #expect(await error()?.message == "event 2 of run \(id) (danced) cannot be read")
        try await journal.damage("UPDATE events SET body = 'xx' WHERE sequence = 2")
        #expect(await error()?.message == "event 2 of run \(id) cannot be read")
        try await journal.damage("DELETE FROM events WHERE sequence = 1")
        #expect(await error()?.message.hasPrefix("event 1 of run \(id) is missing") == true)
    }

    @Test func `a file that is no database is said to be none`() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("no database, only a long enough text to be looked at as one".utf8)
            .write(to: URL(fileURLWithPath: folder + "/journal.sqlite"))
        let error = await #expect(throws: JournalError.self) { _ = try await self.opened() }
        #expect(error?.code == .notRead)
        #expect(error?.exitCode == .cannotWriteState)
    }

    @Test func `a journal that cannot even be begun for want of room is not written, 73`() async throws {
        let journal = try await opened()
        try await journal.limitPages(1)
        let error = await #expect(throws: JournalError.self) {
            _ = try await journal.createRun(
                command: "x", inventory: "", plan: String(repeating: "x", count: 100_000), hosts: [], at: noon)
        }
        #expect(error?.code == .notWritten && error?.exitCode == .cannotWriteState)
        #expect(try await journal.runs().isEmpty)
    }

    @Test func `an unknown run is said to be unknown`() async throws {
        let journal = try await opened()
        let error = await #expect(throws: JournalError.self) { _ = try await journal.events(of: "20200101-0000-0000") }
        #expect(error?.code == .unknownRun && error?.exitCode == .noTarget)
    }

    @Test func `a reader needs no lock, makes no file and cannot write`() async throws {
        #expect(try await Journal.read(folder: folder) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder))
        let writer = try await opened()
        let id = try await newRun(writer)
        let reader = try #require(try await Journal.read(folder: folder))
        #expect(try await reader.runs().map(\.id) == [id])
        try await writer.append(RunEvent(time: noon, kind: .note(host: nil, text: "later")), to: id)
        #expect(try await reader.events(of: id).count == 1)
        await #expect(throws: JournalError.self) {
            try await reader.append(RunEvent(time: noon, kind: .note(host: nil, text: "no")), to: id)
        }
    }
}

extension JournalTests {
    @Test func `what steps captured is gone from the file when the run is over, and kept while it is not`() async throws
    {
        let journal = try await opened()
        let id = try await newRun(journal)
        let key = StepKey(host: "fe01", subject: "fe-lyon/fe", part: .prepare, step: "request")
        let outcome = StepOutcome(.done, captures: ["request": .string("BEGIN-CERTIFICATE-REQUEST")], milliseconds: 7)
        try await journal.append(RunEvent(time: noon, kind: .outcome(key, outcome)), to: id)
        try await journal.append(RunEvent(time: noon, kind: .runEnded(.stopped, exitCode: .guarded)), to: id)
        #expect(try await journal.events(of: id).first?.kind == .outcome(key, outcome))

        try await journal.append(RunEvent(time: noon, kind: .runEnded(.finished, exitCode: .done)), to: id)
        #expect(
            try await journal.events(of: id).first?.kind == .outcome(key, StepOutcome(.done, milliseconds: 7)))
        await journal.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            #expect(data.range(of: Data("BEGIN-CERTIFICATE-REQUEST".utf8)) == nil, "\(name)")
        }
    }
}
