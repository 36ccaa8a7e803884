import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Status for the terminal: a line per host and certificate, its usages together.
package struct StatusText: Sendable {
    private let clock: DisplayClock
    private let style: TextStyle

    package init(clock: DisplayClock, style: TextStyle) {
        self.clock = clock
        self.style = style
    }

    /// Lines with newlines, ready to be printed.
    package func text(_ report: StatusReport) -> String {
        var lines: [String] = []
        for pool in report.pools {
            if !lines.isEmpty { lines.append("") }
            lines.append(style("pool \(pool.name)".cleaned, .strong))
            lines += rows(pool, now: report.now)
            lines += pool.otherIssuers.map { "  note: \($0)".cleaned }
            lines += TrustText.lines(pool.trust, style: style)
            if let unmanaged = pool.unmanaged { lines.append("  \(unmanaged)".cleaned) }
            for fault in pool.faults { lines += FaultText.lines(fault, indent: "  ") }
        }
        lines += OwedText.lines(report.owed, style: style)
        return lines.map { $0 + "\n" }.joined()
    }

    private func verdict(_ row: StatusReport.Row) -> String {
        switch row.need {
        case .none: "ok"
        case .unknown: "not known"
        case .assign where row.waitsForAssignment: "in the store, waits: certfleet assign \(row.pool)"
        case .assign, .distribute, .issue: "due: \(row.reasons.map(\.text).joined(separator: "; "))"
        }
    }

    private func rows(_ pool: StatusReport.PoolStatus, now: Date) -> [String] {
        var grouped: [(row: StatusReport.Row, usages: [String])] = []
        for row in pool.rows {
            let same = grouped.firstIndex {
                $0.row.host == row.host && $0.row.order == row.order && $0.row.thumbprint == row.thumbprint
            }
            if let same { grouped[same].usages.append(row.usage) } else { grouped.append((row, [row.usage])) }
        }
        var table = Table()
        var tones: [TextStyle.Tone] = []
        for (row, usages) in grouped {
            tones.append(row.need == .none ? .plain : .waiting)
            table.add(
                row.host, row.thumbprint?.shortThumbprint ?? "none",
                row.notAfter.map { "until \(clock.day($0))" } ?? "unknown",
                row.notAfter.map { "\(counted($0.daysLeft(from: now), "day")) left" } ?? "",
                verdict(row),
                usages.joined(separator: ", "))
        }
        return zip(table.lines(indent: "  "), tones).map { style($0, $1) }
    }
}
