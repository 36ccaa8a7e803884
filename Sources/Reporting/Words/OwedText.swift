package import FleetModel

/// Restarts that are owed, for the last words of a run.
package enum OwedRestarts {
    package static func text(_ owed: [OwedRestart]) -> String {
        OwedText.lines(owed, style: TextStyle(coloured: false)).dropFirst().map { $0 + "\n" }.joined()
    }
}

/// Restarts that are owed, for people and programs.
enum OwedText {
    /// A heading, a line per server and the command that pays; nothing when nothing is owed.
    static func lines(_ owed: [OwedRestart], style: TextStyle) -> [String] {
        guard !owed.isEmpty else { return [] }
        var table = Table()
        for debt in owed { table.add(debt.host, debt.what, debt.why) }
        var pools: [String] = []
        for debt in owed where !pools.contains(debt.pool) { pools.append(debt.pool) }
        return ["", style("restarts owed", .strong)] + table.lines(indent: "  ").map { style($0, .waiting) }
            + ["  to restart, one server at a time: certfleet restart \(pools.joined(separator: " "))".cleaned]
    }

    static func json(_ owed: [OwedRestart]) -> JSONValue {
        .array(
            owed.map {
                .object([
                    "pool": .string($0.pool), "host": .string($0.host), "services": .texts($0.services),
                    "why": .string($0.why), "deferred": .bool($0.isDeferred),
                ])
            })
    }
}
