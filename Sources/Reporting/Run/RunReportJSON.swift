package import FleetModel

/// A run's report for programs.
///
///     { "version": 1,
///       "run": { "id", "command", "inventory", "state", "exitCode", "exit", "began", "ended",
///         "pools": [ { "name", "ended", "stopped": FAULT or null } ],
///         "orders": [ { "id", "pool", "usages", "subject", "names": [{"name","origin"}], "authority", "sharing",
///                       "need", "reasons": [{"code","text"}], "serial", "notes",
///                       "hosts": [ { "host", "former": {usage: thumbprint}, "thumbprint", "prepared", "begun", "switched",
///                                    "evidence": [text], "waits": text or null } ] } ],
///         "hosts": [ { "name", "agents": [{"time","reason"}], "faults": [FAULT], "gates": [text], "notes": [text],
///                      "putBack": [call],
///                      "steps": [ { "subject", "part", "step", "item", "title", "began", "status", "milliseconds",
///                                   "call", "fault": FAULT or null } ] } ],
///         "notes": [text], "owed": [{"pool","host","services","why","deferred"}], "remaining": [{"pool","hosts"}],
///         "timeline": [ { "time", "subject", "text" } ] } }
///
/// FAULT is `{"code","kind","host","message","hint","details"}`; moments are ISO 8601 in UTC; what is not known is
/// null. New members may be added under the same version; none changes its meaning.
package enum RunReportJSON {
    package static func value(_ report: RunReport) -> JSONValue {
        .object(["version": .int(1), "run": run(report)])
    }

    private static func run(_ report: RunReport) -> JSONValue {
        .object([
            "id": .string(report.id), "command": .string(report.command), "inventory": .string(report.inventory),
            "state": .string(report.state.rawValue),
            "exitCode": report.exitCode.map { .number($0.rawValue) } ?? .null,
            "exit": .optional(report.exitCode.map(ResultWords.text)),
            "began": .optional(report.began), "ended": .optional(report.ended),
            "pools": .array(
                report.pools.map {
                    .object([
                        "name": .string($0.name), "ended": .bool($0.ended),
                        "stopped": $0.stopped.map(FaultText.json) ?? .null,
                    ])
                }),
            "orders": .array(report.orders.map(order)),
            "hosts": .array(report.hosts.map { host($0, putBack: report.putBack($0)) }),
            "notes": .texts(report.notes), "owed": OwedText.json(report.owed),
            "remaining": .array(
                report.remaining.map { .object(["pool": .string($0.pool), "hosts": .texts($0.hosts)]) }),
            "timeline": .array(
                report.timeline.map {
                    .object([
                        "time": .optional($0.time), "subject": .optional($0.subject), "text": .string($0.text),
                    ])
                }),
        ])
    }

    private static func order(_ order: OrderReport) -> JSONValue {
        let summary = order.summary
        return .object([
            "id": .string(summary.order), "pool": .string(summary.pool), "usages": .texts(summary.usages),
            "subject": .string(summary.subject), "names": .names(summary.names),
            "authority": .string(summary.authority), "sharing": .string(summary.sharing.rawValue),
            "need": .string(summary.need.rawValue), "reasons": .reasons(summary.reasons),
            "serial": .optional(order.serial), "notes": .texts(summary.notes),
            "hosts": .array(
                order.hosts.map { host in
                    .object([
                        "host": .string(host.host), "former": .object(host.former.mapValues(JSONValue.string)),
                        "thumbprint": .optional(host.new), "prepared": .bool(host.prepared), "begun": .bool(host.begun),
                        "switched": .bool(host.switched), "evidence": .texts(host.evidence),
                        "waits": .optional(order.resting[host.host]),
                    ])
                }),
        ])
    }

    private static func host(_ host: HostReport, putBack: [String]) -> JSONValue {
        .object([
            "name": .string(host.name),
            "agents": .array(
                host.agents.map { .object(["time": .optional($0.time), "reason": .string($0.text)]) }),
            "faults": .array(host.faults.map(FaultText.json)), "gates": .texts(host.gates),
            "notes": .texts(host.notes), "putBack": .texts(putBack),
            "steps": .array(
                host.steps.map { step in
                    .object([
                        "subject": .string(step.key.subject), "part": .string(step.key.part.rawValue),
                        "step": .string(step.key.step), "item": .optional(step.key.item),
                        "title": .string(step.title), "began": .optional(step.began),
                        "status": .optional(step.status?.rawValue), "milliseconds": .int(step.milliseconds),
                        "call": .optional(step.call), "fault": step.fault.map(FaultText.json) ?? .null,
                    ])
                }),
        ])
    }
}
