import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Status as a Prometheus text file, for the node exporter's folder.
package enum PrometheusText {
    package static func text(_ report: StatusReport) -> String {
        let rows = report.pools.flatMap(\.rows)
        var lines = [
            "# HELP certfleet_certificate_not_after_seconds End of the assigned certificate's life, Unix time.",
            "# TYPE certfleet_certificate_not_after_seconds gauge",
        ]
        for row in rows {
            guard let end = row.notAfter else { continue }
            lines.append("certfleet_certificate_not_after_seconds\(labels(row)) \(Int64(end.timeIntervalSince1970))")
        }
        lines += [
            "# HELP certfleet_certificate_due 1 when the certificate must be renewed, distributed or assigned.",
            "# TYPE certfleet_certificate_due gauge",
        ]
        for row in rows { lines.append("certfleet_certificate_due\(labels(row)) \(row.need.isWork ? 1 : 0)") }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func labels(_ row: StatusReport.Row) -> String {
        "{pool=\"\(escaped(row.pool))\",host=\"\(escaped(row.host))\",order=\"\(escaped(row.order))\","
            + "usage=\"\(escaped(row.usage))\"}"
    }

    /// Backslash and quote are the format's own; line ends are gone after cleaning.
    private static func escaped(_ text: String) -> String {
        text.cleaned.reduce(into: "") { result, character in
            if character == "\\" || character == "\"" { result.append("\\") }
            result.append(character)
        }
    }
}
