import CSQLite

/// One connection to one database file. Its calls block: it lives on the journal's queue and nowhere else.
final class ConnectionHandle {
    /// Owned; closed when the last statement and this handle are gone.
    let pointer: OpaquePointer

    /// Opens an existing file; creating it, with its mode, is the caller's.
    init(path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = sqlite3_open_v2(path, &opened, flags, nil)
        guard result == SQLITE_OK, let opened else {
            let message = String(cString: sqlite3_errstr(result))
            // SQLite hands out a connection even when it could not open the file.
            sqlite3_close_v2(opened)
            throw SQLiteError(operation: "open", number: result, message: message)
        }
        pointer = opened
        sqlite3_busy_timeout(pointer, 5_000)
    }

    deinit {
        // The v2 form waits for statements that are still alive.
        sqlite3_close_v2(pointer)
    }

    /// Runs statements that return nothing of interest.
    func run(_ sql: String) throws {
        try check(sqlite3_exec(pointer, sql, nil, nil, nil), "execute")
    }

    func prepare(_ sql: String) throws -> StatementHandle {
        try StatementHandle(sql, on: self)
    }

    /// Runs one statement with values and hands its rows, one after the other, to `row`.
    func query(_ sql: String, _ values: [SQLValue] = [], row: (Row) throws -> Void = { _ in }) throws {
        try prepare(sql).run(values, row: row)
    }

    /// All or nothing. The write lock is taken at the beginning, so that nothing fails half-way for want of it.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            // A full disk makes SQLite roll back by itself; then there is nothing left to undo. The first error counts.
            if sqlite3_get_autocommit(pointer) == 0 { try? run("ROLLBACK") }
            throw error
        }
    }

    func check(_ result: Int32, _ operation: String) throws {
        guard result == SQLITE_OK else { throw error(result, operation) }
    }

    func error(_ result: Int32, _ operation: String) -> SQLiteError {
        SQLiteError(operation: operation, number: result, message: String(cString: sqlite3_errmsg(pointer)))
    }
}
