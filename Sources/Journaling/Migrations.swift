/// The journal's tables, as a list of named changes. A change, once released, is never edited: the next one follows.
enum Migrations {
    static let all: [(name: String, sql: String)] = [
        (
            "runs and events",
            """
            CREATE TABLE runs (
                number    INTEGER PRIMARY KEY,
                id        TEXT NOT NULL UNIQUE,
                command   TEXT NOT NULL,
                inventory TEXT NOT NULL,
                plan      TEXT NOT NULL,
                state     TEXT NOT NULL,
                began_ms  INTEGER NOT NULL,
                ended_ms  INTEGER,
                exit_code INTEGER
            );
            CREATE TABLE run_hosts (
                run  INTEGER NOT NULL REFERENCES runs (number),
                place INTEGER NOT NULL,
                host TEXT NOT NULL,
                PRIMARY KEY (run, place)
            ) WITHOUT ROWID;
            CREATE TABLE events (
                run      INTEGER NOT NULL REFERENCES runs (number),
                sequence INTEGER NOT NULL,
                time_ms  INTEGER NOT NULL,
                body     TEXT NOT NULL,
                PRIMARY KEY (run, sequence)
            ) WITHOUT ROWID;
            """
        )
    ]

    /// Brings the database to the last change, or refuses one that knows changes which we do not.
    static func apply(to connection: ConnectionHandle, path: String) throws {
        if try current(connection, path) == all.count { return }
        try connection.transaction {
            try connection.run(
                "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
            // Asked again under the write lock: somebody may have been faster.
            for number in try current(connection, path)..<all.count {
                try connection.run(all[number].sql)
                try connection.query(
                    "INSERT INTO migrations (number, name) VALUES (?, ?)",
                    [.integer(Int64(number + 1)), .text(all[number].name)])
            }
        }
    }

    /// How many of our changes the database has.
    private static func current(_ connection: ConnectionHandle, _ path: String) throws -> Int {
        var known = false
        try connection.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'") { _ in
            known = true
        }
        guard known else { return 0 }
        var names: [String] = []
        try connection.query("SELECT name FROM migrations ORDER BY number") { names.append($0.text(0)) }
        guard names.count <= all.count, zip(names, all).allSatisfy({ $0 == $1.name }) else {
            throw JournalError(
                .newer, "the journal \(path) was made by a newer version of certfleet",
                hint: "use that version, or name another state folder with --state-dir DIR")
        }
        return names.count
    }
}
