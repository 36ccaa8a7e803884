package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Status for programs.
///
///     { "version": 1, "at", "owed": [{"pool","host","services","why","deferred"}],
///       "pools": [ { "name", "faults": [FAULT], "unmanaged": TEXT or null, "otherIssuers": [TEXT],
///                    "trust": [{"host","code","text","repair"}],
///                    "certificates": [ { "host", "order", "usage", "thumbprint", "notAfter", "daysLeft", "due": bool,
///                                        "need", "reasons": [{"code","text"}], "waitsForAssignment": bool } ] } ] }
///
/// FAULT and moments as in ``RunReportJSON``; `daysLeft` is rounded down and negative when past; what is not known is
/// null. New members may be added under the same version; none changes its meaning.
package enum StatusJSON {
    package static func value(_ report: StatusReport) -> JSONValue {
        .object([
            "version": .int(1), "at": .optional(report.now), "owed": OwedText.json(report.owed),
            "pools": .array(
                report.pools.map { pool in
                    .object([
                        "name": .string(pool.name), "faults": .array(pool.faults.map(FaultText.json)),
                        "unmanaged": .optional(pool.unmanaged),
                        "otherIssuers": .array(pool.otherIssuers.map(JSONValue.string)),
                        "trust": TrustText.json(pool.trust),
                        "certificates": .array(pool.rows.map { row($0, report) }),
                    ])
                }),
        ])
    }

    private static func row(_ row: StatusReport.Row, _ report: StatusReport) -> JSONValue {
        .object([
            "host": .string(row.host), "order": .string(row.order), "usage": .string(row.usage),
            "thumbprint": .optional(row.thumbprint), "notAfter": .optional(row.notAfter),
            "daysLeft": row.notAfter.map { .number($0.daysLeft(from: report.now)) } ?? .null,
            "due": .bool(row.need.isWork), "need": .string(row.need.rawValue), "reasons": .reasons(row.reasons),
            "waitsForAssignment": .bool(row.waitsForAssignment),
        ])
    }
}
