import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run's report for the terminal.
package struct RunReportText: Sendable {
    private let clock: DisplayClock
    private let style: TextStyle

    package init(clock: DisplayClock, style: TextStyle) {
        self.clock = clock
        self.style = style
    }

    /// Lines with newlines, ready to be printed.
    package func text(_ report: RunReport) -> String {
        (head(report) + report.pools.flatMap { pool($0, report) } + agents(report) + tail(report))
            .map { $0 + "\n" }.joined()
    }

    private func head(_ report: RunReport) -> [String] {
        let code = report.exitCode.map { ": \(ResultWords.text($0)) (exit \($0.rawValue))" } ?? ""
        var times = "began \(clock.minute(report.began))"
        if let ended = report.ended {
            times += ", took \(DisplayClock.length(milliseconds: Int64(ended.timeIntervalSince(report.began) * 1000)))"
        }
        let tone: TextStyle.Tone = report.exitCode == .done ? .good : report.exitCode == .failed ? .bad : .plain
        return [
            style("run \(report.id): \(report.command)".cleaned, .strong),
            "  " + style(ResultWords.text(report.state) + code, tone), "  \(times)",
            "  inventory \(report.inventory)".cleaned,
        ]
    }

    private func pool(_ pool: PoolReport, _ report: RunReport) -> [String] {
        var lines = ["", style("pool \(pool.name)".cleaned, .strong)]
        if let fault = pool.stopped {
            lines.append(style("  stopped", .bad))
            lines += FaultText.lines(fault, indent: "    ")
        }
        let orders = report.orders.filter { $0.summary.pool == pool.name }
        for order in orders { lines += self.order(order) }
        let members = Set(orders.flatMap(\.summary.hosts))
        for host in report.hosts where members.contains(host.name) {
            // What stopped the pool has been told above.
            lines += self.host(host, told: pool.stopped, report)
        }
        return lines
    }

    private func order(_ order: OrderReport) -> [String] {
        let summary = order.summary
        var lines = ["  " + EventWords.planned(summary).cleaned]
        guard summary.need.isWork else { return lines }
        lines.append(
            "    from \(summary.authority), \(ResultWords.text(summary.sharing)), \(counted(summary.names.count, "name"))"
                .cleaned)
        var table = Table()
        for host in order.hosts {
            let former = Set(host.former.values).sorted().map(\.shortThumbprint).joined(separator: ",")
            table.add(
                host.host, "\(former.isEmpty ? "none" : former) → \(host.new?.shortThumbprint ?? "?")",
                Self.progress(order, host))
        }
        lines += table.lines(indent: "    ")
        for host in order.hosts where !host.evidence.isEmpty {
            lines.append("    \(host.host) verified by: \(host.evidence.joined(separator: "; "))".cleaned)
        }
        return lines + summary.notes.map { "    note: \($0)".cleaned }
    }

    /// `switched, verified`, `prepared`, `waits: …`.
    static func progress(_ order: OrderReport, _ host: OrderReport.OnHost) -> String {
        if let text = order.resting[host.host] { return "waits for an answer to \(text)" }
        if host.switched { return host.evidence.isEmpty ? "switched" : "switched, verified" }
        if host.begun { return "its switch began and has not ended well" }
        if host.prepared { return "prepared, not switched" }
        return order.summary.need.isWork ? "not done" : ResultWords.text(order.summary.need)
    }

    private func host(_ host: HostReport, told: Fault?, _ report: RunReport) -> [String] {
        var lines: [String] = []
        for fault in host.faults where told.map({ FaultText.same($0, fault) && $0.details == fault.details }) != true {
            var told = FaultText.lines(fault, indent: "  ")
            told[0] = style(told[0], .bad)
            lines += told
        }
        lines += report.putBackUntold(host).map {
            "  \(host.name): would put the former certificate back: \($0)".cleaned
        }
        for step in host.steps where step.status == .unknown || (step.status == nil && step.call != nil) {
            lines.append("  \(host.name): outcome unknown: \(step.key.step): \(step.call ?? step.title)".cleaned)
        }
        return lines + host.notes.map { "  \(host.name): \($0)".cleaned }
    }

    private func agents(_ report: RunReport) -> [String] {
        var table = Table()
        let starts = report.hosts.flatMap(\.agents).sorted { $0.time < $1.time }
        guard !starts.isEmpty else { return [] }
        for start in starts { table.add(clock.time(start.time), start.subject ?? "", start.text) }
        return ["", style("agents started", .strong)] + table.lines(indent: "  ")
    }

    private func tail(_ report: RunReport) -> [String] {
        var lines: [String] = []
        if !report.notes.isEmpty { lines += ["", style("notes", .strong)] + report.notes.map { "  \($0)".cleaned } }
        lines += OwedText.lines(report.owed, style: style)
        let remaining = report.remaining
        if !remaining.isEmpty {
            lines += ["", style("not switched", .strong)]
            lines += remaining.map { "  \($0.pool): \($0.hosts.joined(separator: ", "))".cleaned }
        }
        if report.isUnfinished {
            lines += ["", "to go on: certfleet runs resume \(report.id)"]
            lines += ["to give up: certfleet runs abort \(report.id)"]
        }
        return lines
    }
}
