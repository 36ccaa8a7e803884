import CSQLite
package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The durable record of all runs of a state folder: `journal.sqlite`, mode 0600.
///
/// Its own queue executes it, because SQLite's calls block. Opened with a ``StateLock`` it writes; without one it
/// only reads. Every failure is a ``JournalError``.
package actor Journal {
    private nonisolated let executor = QueueExecutor(label: "certfleet.journal")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let path: String
    /// Kept for as long as the journal is: nobody else writes meanwhile.
    private let lock: StateLock?
    private var opened: ConnectionHandle?
    /// Runs that events have been appended to, with their last sequence.
    private var cursors: [String: Cursor] = [:]
    private var waiting: [Waiting] = []
    /// How many transactions took events, for tests of the waiting together.
    private(set) var commits = 0

    struct Cursor {
        var number: Int64
        var sequence: Int64
    }

    private struct Waiting {
        var run: String
        var event: RunEvent
        var body: String
        var observer: (@Sendable (RunEvent) -> Void)?
        var continuation: CheckedContinuation<Void, any Error>

        var endsItsRun: Bool {
            if case .runEnded = event.kind { true } else { false }
        }
    }

    private init(path: String, lock: StateLock?) {
        self.path = path
        self.lock = lock
    }

    /// The journal of the locked folder, made when there is none.
    package static func open(_ lock: StateLock) async throws -> Journal {
        let journal = Journal(path: "\(lock.folder)/journal.sqlite", lock: lock)
        try await journal.connect()
        return journal
    }

    /// The journal of a folder, for reading; `nil` when there is none yet. Takes no lock and makes no file.
    package static func read(folder: String) async throws -> Journal? {
        let path = "\(folder)/journal.sqlite"
        guard StateFolder.exists(path) else { return nil }
        let journal = Journal(path: path, lock: nil)
        try await journal.connect()
        return journal
    }

    private func connect() throws {
        if lock != nil { try StateFolder.makeFile(path) }
        try guarded(.notRead, "opened") {
            let connection = try ConnectionHandle(path: path)
            try connection.run("PRAGMA journal_mode = WAL")
            // FULL: a commit is on the disk when it returns, also when the power fails a moment later.
            // Secure delete: what is taken out of a run's record is overwritten, not only let go.
            try connection.run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON")
            try Migrations.apply(to: connection, path: path)
            opened = connection
        }
    }

    /// Closes the file; later calls throw. Also done when the last reference goes.
    package func close() {
        opened = nil
    }

    // MARK: Writing

    /// Notes a new run in the state `running`, with its plan, before anything is done.
    ///
    /// - Parameters:
    ///   - command: As it was given: `rollout fe-lyon`.
    ///   - plan: The plan as JSON; kept as it is and handed back by ``plan(of:)``.
    ///   - hosts: All hosts that the plan names.
    /// - Returns: The run's id, such as `20261121-1043-a7f3`.
    package func createRun(
        command: String, inventory: String, plan: String, hosts: [String], at time: Date
    ) throws -> String {
        let connection = try writable()
        return try guarded(.notWritten, "written") {
            try connection.transaction {
                let id = try freeID(at: time, connection)
                try connection.query(
                    "INSERT INTO runs (id, command, inventory, plan, state, began_ms) VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        .text(id), .text(command), .text(inventory), .text(plan), .text(RunState.running.rawValue),
                        .integer(time.unixMilliseconds),
                    ])
                for (place, host) in hosts.enumerated() {
                    try connection.query(
                        "INSERT INTO run_hosts (run, place, host) SELECT number, ?, ? FROM runs WHERE id = ?",
                        [.integer(Int64(place)), .text(host), .text(id)])
                }
                return id
            }
        }
    }

    /// Appends an event and returns when it is on the disk.
    ///
    /// Events that arrive while a commit runs wait for it and then go into the next one together, so many hosts do
    /// not queue behind as many syncs. Cancelling the caller changes nothing: what is handed in is written.
    /// `runBegan` and `runEnded` also set the run's state, in the same transaction.
    ///
    /// - Parameter observer: Called on the journal's queue after the commit, in the order of the journal; must not block.
    /// - Throws: ``JournalError`` `notWritten`: then none of the events of that commit is recorded.
    package nonisolated func append(
        _ event: RunEvent, to run: String, observer: (@Sendable (RunEvent) -> Void)? = nil
    ) async throws {
        try await enqueue(event, body: EventCoding.text(of: event), to: run, observer: observer)
    }

    /// Sets the state of a run outside of its own course: `aborted`.
    package func setState(_ state: RunState, of run: String, exitCode: ExitCode?, at time: Date) throws {
        let connection = try writable()
        let cursor = try cursor(of: run)
        try guarded(.notWritten, "written") {
            try connection.transaction { try setState(state, exitCode, time, of: cursor.number, connection) }
        }
        emptyLog()
    }

    // MARK: Inside

    private func enqueue(
        _ event: RunEvent, body: String, to run: String, observer: (@Sendable (RunEvent) -> Void)?
    ) async throws {
        _ = try writable()
        _ = try cursor(of: run)
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(
                Waiting(run: run, event: event, body: body, observer: observer, continuation: continuation))
            // The commit takes its place at the end of the queue, behind all events that are already in it.
            if waiting.count == 1 { Task { self.commitWaiting() } }
        }
    }

    private func commitWaiting() {
        let batch = waiting
        waiting = []
        do {
            let connection = try writable()
            let advanced = try guarded(.notWritten, "written") {
                try connection.transaction { try insert(batch, connection) }
            }
            cursors = advanced
            commits += 1
            if batch.contains(where: \.endsItsRun) { emptyLog() }
            for entry in batch {
                entry.observer?(entry.event)
                entry.continuation.resume()
            }
        } catch {
            for entry in batch { entry.continuation.resume(throwing: error) }
        }
    }

    /// - Returns: The cursors as they are when the transaction holds.
    private func insert(_ batch: [Waiting], _ connection: ConnectionHandle) throws -> [String: Cursor] {
        var advanced = cursors
        let statement = try connection.prepare("INSERT INTO events (run, sequence, time_ms, body) VALUES (?, ?, ?, ?)")
        for entry in batch {
            var cursor = try advanced[entry.run] ?? cursor(of: entry.run)
            cursor.sequence += 1
            try statement.run([
                .integer(cursor.number), .integer(cursor.sequence), .integer(entry.event.time.unixMilliseconds),
                .text(entry.body),
            ])
            advanced[entry.run] = cursor
            switch entry.event.kind {
            case .runBegan: try setState(.running, nil, nil, of: cursor.number, connection)
            case .runEnded(let state, let code):
                try setState(state, code, entry.event.time, of: cursor.number, connection)
            default: break
            }
        }
        return advanced
    }

    private func setState(
        _ state: RunState, _ code: ExitCode?, _ ended: Date?, of number: Int64, _ connection: ConnectionHandle
    ) throws {
        try connection.query(
            "UPDATE runs SET state = ?, exit_code = ?, ended_ms = ? WHERE number = ?",
            [
                .text(state.rawValue), code.map { .integer(Int64($0.rawValue)) } ?? .null,
                ended.map { .integer($0.unixMilliseconds) } ?? .null, .integer(number),
            ])
        if state == .finished || state == .aborted { try forgetCaptures(of: number, connection) }
    }

    /// What steps captured (requests, certificates, folder names) is kept for a resume; a run that is over has none.
    private func forgetCaptures(of number: Int64, _ connection: ConnectionHandle) throws {
        try connection.query(
            """
            UPDATE events SET body = json_set(body, '$.kind.outcome._1.captures', json('{}'))
            WHERE run = ? AND json_extract(body, '$.kind.outcome._1.captures') <> '{}'
            """, [.integer(number)])
    }

    /// Brings the write-ahead log into the file and empties it, so that nothing forgotten stays in it.
    ///
    /// What it holds is durable already: a reader or a full disk puts this off to the next end of a run, no more.
    private func emptyLog() { try? opened?.run("PRAGMA wal_checkpoint(TRUNCATE)") }

    func cursor(of run: String) throws -> Cursor {
        if let cursor = cursors[run] { return cursor }
        let connection = try readable()
        let found: Cursor? = try guarded(.notRead, "read") {
            var found: Cursor?
            try connection.query(
                "SELECT number, (SELECT max(sequence) FROM events WHERE run = number) FROM runs WHERE id = ?",
                [.text(run)]
            ) { found = Cursor(number: $0.integer(0), sequence: $0.integer(1)) }
            return found
        }
        guard let found else { throw unknown(run) }
        // Without the lock somebody else may append: nothing is remembered.
        if lock != nil { cursors[run] = found }
        return found
    }

    private func freeID(at time: Date, _ connection: ConnectionHandle) throws -> String {
        while true {
            let id = RunID.make(at: time, suffix: UInt16.random(in: .min ... .max))
            var taken = false
            try connection.query("SELECT 1 FROM runs WHERE id = ?", [.text(id)]) { _ in taken = true }
            if !taken { return id }
        }
    }

    func readable() throws -> ConnectionHandle {
        guard let opened else { throw JournalError(.notRead, "the journal \(path) is closed") }
        return opened
    }

    private func writable() throws -> ConnectionHandle {
        guard lock != nil else { throw JournalError(.notWritten, "the journal \(path) was opened for reading only") }
        return try readable()
    }

    func unknown(_ run: String) -> JournalError {
        JournalError(.unknownRun, "there is no run \(run)", hint: "the runs there are: certfleet runs list")
    }

    /// SQLite's errors become ours; ours pass.
    func guarded<Result>(
        _ code: JournalError.Code, _ verb: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as SQLiteError {
            throw Self.failure(code, verb, path, error)
        }
    }

    private static func failure(
        _ code: JournalError.Code, _ verb: String, _ path: String, _ error: SQLiteError
    ) -> JournalError {
        var code = code
        let hint: String
        switch error.number & 0xFF {
        case SQLITE_NOTADB, SQLITE_CORRUPT:
            hint = "it is damaged, or no journal of certfleet: move it away, or bring it back from a backup"
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY:
            // Also while it is opened: a new journal is written to before the first run.
            code = .notWritten
            hint = "make room or mend the disk, then: certfleet runs resume"
        default:
            hint = "see that nobody else has the file open for writing, then: certfleet runs resume"
        }
        return JournalError(
            code, "the journal \(path) cannot be \(verb): \(error.message)", hint: hint, number: error.number)
    }
}
