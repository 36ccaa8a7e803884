package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Journal {
    /// Everything that was recorded of a run, in order.
    ///
    /// - Throws: `unreadable`, naming run and sequence, when a record is missing or this version does not
    ///   understand it; `unknownRun`.
    package func events(of run: String) throws -> [RunEvent] {
        let number = try cursor(of: run).number
        let connection = try readable()
        return try guarded(.notRead, "read") {
            var events: [RunEvent] = []
            try connection.query(
                "SELECT sequence, body FROM events WHERE run = ? ORDER BY sequence", [.integer(number)]
            ) { row in
                let expected = Int64(events.count) + 1
                guard row.integer(0) == expected else {
                    throw JournalError(.unreadable, "event \(expected) of run \(run) is missing from \(path)")
                }
                events.append(try EventCoding.event(row.text(1), sequence: expected, run: run))
            }
            return events
        }
    }

    /// The plan that the run was created with.
    package func plan(of run: String) throws -> String {
        let number = try cursor(of: run).number
        let connection = try readable()
        return try guarded(.notRead, "read") {
            var plan = ""
            try connection.query("SELECT plan FROM runs WHERE number = ?", [.integer(number)]) { plan = $0.text(0) }
            return plan
        }
    }

    /// All runs, newest first.
    package func runs() throws -> [RunRecord] {
        try records("ORDER BY number DESC", [])
    }

    package func run(_ id: String) throws -> RunRecord {
        guard let record = try records("WHERE id = ?", [.text(id)]).first else { throw unknown(id) }
        return record
    }

    /// The newest run that is neither finished nor aborted.
    package func lastUnfinished() throws -> RunRecord? {
        try runs().first(where: \.isUnfinished)
    }

    /// The runs that are neither finished nor aborted, newest first, with the hosts whose work each left incomplete.
    /// A new run that needs one of these hosts is refused.
    package func unfinishedRuns() throws -> [UnfinishedRun] {
        try runs().filter(\.isUnfinished).map { record in
            UnfinishedRun(record: record, hosts: RunHistory(try events(of: record.id)).incompleteHosts)
        }
    }

    /// Restarts that runs have left owing, finished and aborted ones too.
    package func debts() throws -> RestartDebts {
        let connection = try readable()
        return try guarded(.notRead, "read") {
            var debts = RestartDebts()
            let wanted = #"body LIKE '%"restartOwed":%' OR body LIKE '%"restarted":%'"#
            try connection.query(
                "SELECT sequence, body FROM events WHERE \(wanted) ORDER BY time_ms, run, sequence", []
            ) { row in
                debts.apply(try EventCoding.event(row.text(1), sequence: row.integer(0), run: "").kind)
            }
            return debts
        }
    }

    private func records(_ clause: String, _ values: [SQLValue]) throws -> [RunRecord] {
        let connection = try readable()
        return try guarded(.notRead, "read") {
            var found: [(number: Int64, record: RunRecord)] = []
            let columns = "number, id, command, inventory, state, began_ms, ended_ms, exit_code"
            try connection.query("SELECT \(columns) FROM runs \(clause)", values) { row in
                found.append((row.integer(0), try Self.record(row)))
            }
            return try found.map { number, record in
                var record = record
                try connection.query(
                    "SELECT host FROM run_hosts WHERE run = ? ORDER BY place", [.integer(number)]
                ) { record.hosts.append($0.text(0)) }
                return record
            }
        }
    }

    private static func record(_ row: Row) throws -> RunRecord {
        guard let state = RunState(rawValue: row.text(4)) else {
            throw JournalError(
                .unreadable, "run \(row.text(1)) is in state \(row.text(4)), which this version does not know")
        }
        return RunRecord(
            id: row.text(1), command: row.text(2), inventory: row.text(3), state: state,
            began: Date(unixMilliseconds: row.integer(5)),
            ended: row.isNull(6) ? nil : Date(unixMilliseconds: row.integer(6)),
            exitCode: row.isNull(7) ? nil : Int32(exactly: row.integer(7)).flatMap(ExitCode.init(rawValue:)), hosts: [])
    }
}
