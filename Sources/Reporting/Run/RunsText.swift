package import FleetModel

/// The list of runs.
package struct RunsText: Sendable {
    private let clock: DisplayClock

    package init(clock: DisplayClock) { self.clock = clock }

    /// A line per run, in the order given; a sentence when there is none.
    package func list(_ records: [RunRecord]) -> String {
        guard !records.isEmpty else { return "no run yet\n" }
        var table = Table()
        table.add("RUN", "BEGAN", "STATE", "EXIT", "HOSTS", "COMMAND")
        for record in records {
            table.add(
                record.id, clock.minute(record.began), record.state.rawValue,
                record.exitCode.map { String($0.rawValue) } ?? "-", String(record.hosts.count), record.command)
        }
        return table.lines().map { $0 + "\n" }.joined()
    }

    /// `{ "version": 1, "runs": [ { "id", "command", "inventory", "state", "began", "ended", "exitCode", "hosts",
    /// "unfinished": bool } ] }`; moments are ISO 8601 in UTC, what is not known is null.
    package static func json(_ records: [RunRecord]) -> JSONValue {
        .object([
            "version": .int(1),
            "runs": .array(
                records.map { record in
                    .object([
                        "id": .string(record.id), "command": .string(record.command),
                        "inventory": .string(record.inventory), "state": .string(record.state.rawValue),
                        "began": .optional(record.began), "ended": .optional(record.ended),
                        "exitCode": record.exitCode.map { .number($0.rawValue) } ?? .null,
                        "hosts": .texts(record.hosts), "unfinished": .bool(record.isUnfinished),
                    ])
                }),
        ])
    }
}
