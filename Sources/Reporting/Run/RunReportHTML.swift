import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A run's report as one HTML file: no scripts, nothing loaded from elsewhere, light and dark as the reader's system.
package struct RunReportHTML: Sendable {
    private let clock: DisplayClock

    package init(clock: DisplayClock) { self.clock = clock }

    package func document(_ report: RunReport) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(report.command) · \(report.id)</title>
        <style>\(ReportStyle.sheet)</style>
        </head>
        <body>
        <main>
        \(head(report))
        \(faults(report))
        \(remaining(report))
        \(hostTable(report))
        \(report.pools.map { pool($0, report) })
        \(hosts(report))
        \(notes(report))
        \(timeline(report))
        </main>
        </body>
        </html>

        """
    }

    private func head(_ report: RunReport) -> HTML {
        let tone = tone(report.exitCode)
        let verdict = report.exitCode.map(ResultWords.text) ?? ResultWords.text(report.state)
        let exit: HTML = report.exitCode.map { "<dt>Exit code</dt><dd>\(Int($0.rawValue))</dd>" } ?? ""
        var took: HTML = ""
        if let ended = report.ended {
            let length = DisplayClock.length(milliseconds: Int64(ended.timeIntervalSince(report.began) * 1000))
            took = "<dt>Ended</dt><dd>\(clock.minute(ended)), after \(length)</dd>"
        }
        return """
            <header>
            <p class="kicker">certfleet run \(report.id)</p>
            <h1>\(report.command)</h1>
            <p class="verdict \(tone)">\(verdict)</p>
            <dl><dt>State</dt><dd>\(ResultWords.text(report.state))</dd>\(exit)
            <dt>Began</dt><dd>\(clock.minute(report.began))</dd>\(took)
            <dt>Inventory</dt><dd>\(report.inventory)</dd></dl>
            </header>
            """
    }

    private func tone(_ code: ExitCode?) -> String {
        switch code {
        case .done: "good"
        case .waiting, nil: "waiting"
        default: "bad"
        }
    }

    /// In a word, where the reader begins; the details are with the host.
    private func faults(_ report: RunReport) -> HTML {
        let items = inOrder(report).flatMap { host in
            host.faults.map { fault in
                "<li><a href=\"#host-\(host.name)\">\(host.name)</a>: \(fault.message) <code>\(fault.code)</code></li>"
                    as HTML
            }
        }
        return items.isEmpty ? "" : "<section class=\"wrong\"><h2>What went wrong</h2><ul>\(items)</ul></section>"
    }

    /// The hosts as their orders stand in the report; who has none, last.
    private func inOrder(_ report: RunReport) -> [HostReport] {
        let names = report.orders.flatMap { $0.hosts.map(\.host) }
        func rank(_ host: HostReport) -> Int { names.firstIndex(of: host.name) ?? names.count }
        return report.hosts.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    private func remaining(_ report: RunReport) -> HTML {
        let rows = report.remaining.map { "<li><b>\($0.pool)</b>: \($0.hosts.joined(separator: ", "))</li>" as HTML }
        let resume: HTML =
            report.isUnfinished
            ? "<p>To go on: <code>certfleet runs resume \(report.id)</code> · to give up: <code>certfleet runs abort \(report.id)</code></p>"
            : ""
        guard !rows.isEmpty || report.isUnfinished else { return "" }
        return "<section class=\"todo\"><h2>What remains</h2><ul>\(rows)</ul>\(resume)</section>"
    }

    /// Every host with its certificates, former and new.
    private func hostTable(_ report: RunReport) -> HTML {
        let rows = report.orders.flatMap { order in order.hosts.map { row(order, $0, report) } }
        guard !rows.isEmpty else { return "" }
        return """
            <section><h2>Hosts</h2><div class="scroll"><table class="hosts">
            <thead><tr><th>Host</th><th>Order</th><th>Usages</th><th>Before</th><th>After</th><th>Result</th></tr></thead>
            <tbody>\(rows)</tbody></table></div></section>
            """
    }

    private func row(_ order: OrderReport, _ host: OrderReport.OnHost, _ report: RunReport) -> HTML {
        let failed = report.hosts.contains { $0.name == host.host && !$0.faults.isEmpty }
        let progress = RunReportText.progress(order, host)
        let (idle, unknown) = (order.summary.need == .none, order.summary.need == .unknown)
        let tone = host.switched || idle ? "good" : failed || unknown ? "bad" : "waiting"
        let former = Set(host.former.values).sorted().map { "<code>\($0)</code> " as HTML }
        let new: HTML =
            idle ? "<span class=\"faint\">unchanged</span>" : host.new.map { "<code>\($0)</code>" } ?? "–"
        return """
            <tr><td><b>\(host.host)</b></td><td data-is="Order">\(order.summary.order)</td>\
            <td data-is="Usages">\(order.summary.usages.joined(separator: ", "))</td>\
            <td data-is="Before">\(former.isEmpty ? ["–"] : former)</td><td data-is="After">\(new)</td>\
            <td data-is="Result" class="\(tone)">\(progress)</td></tr>
            """
    }

    private func pool(_ pool: PoolReport, _ report: RunReport) -> HTML {
        let orders = report.orders.filter { $0.summary.pool == pool.name }
        let stopped: HTML = pool.stopped.map { "<div class=\"fault\"><b>Stopped.</b> \(fault($0))</div>" } ?? ""
        return """
            <section><h2>Pool \(pool.name)</h2>\(stopped)
            \(orders.map(self.order))</section>
            """
    }

    private func order(_ order: OrderReport) -> HTML {
        let summary = order.summary
        let names = summary.names.map { "<tr><td>\($0.name)</td><td class=\"faint\">\($0.origin)</td></tr>" as HTML }
        let evidence = order.hosts.filter { !$0.evidence.isEmpty }.map { host in
            "<tr><td><b>\(host.host)</b></td><td><ul>\(items(host.evidence))</ul></td></tr>" as HTML
        }
        let verified: HTML =
            evidence.isEmpty ? "" : "<h4>Read back from the servers</h4><table><tbody>\(evidence)</tbody></table>"
        let reasons: HTML = summary.reasons.isEmpty ? "" : "<ul>\(items(summary.reasons.map(\.text)))</ul>"
        let serial: HTML = order.serial.map { " · serial <code>\($0)</code>" } ?? ""
        let alone: HTML = "<p>subject \(summary.subject), and no name beside it</p>"
        let list: HTML = """
            <details><summary>\(counted(summary.names.count, "name")), subject \(summary.subject)</summary>
            <table><tbody>\(names)</tbody></table></details>
            """
        return """
            <article><h3>\(summary.order) <span class="faint">on \(summary.hosts.joined(separator: ", "))</span></h3>
            <p>\(ResultWords.text(summary.need)) · \(summary.authority) · \(ResultWords.text(summary.sharing))\(serial)</p>
            \(reasons)
            \(names.isEmpty ? alone : list)
            \(verified)
            \(summary.notes.isEmpty ? "" : "<h4>Notes</h4><ul>\(items(summary.notes))</ul>" as HTML)
            </article>
            """
    }

    private func hosts(_ report: RunReport) -> HTML {
        guard !report.hosts.isEmpty else { return "" }
        return "<section><h2>What was done on each host</h2>\(inOrder(report).map { host($0, report) })</section>"
    }

    private func host(_ host: HostReport, _ report: RunReport) -> HTML {
        let putBack = report.putBackUntold(host).map { "<li><code>\($0)</code></li>" as HTML }
        let steps = host.steps.filter { $0.key.part != .survey || $0.status != .done }
        let faults = host.faults.map { "<div class=\"fault\">\(fault($0))</div>" as HTML }
        let agents = host.agents.map { "<li>\(clock.time($0.time)) \($0.text)</li>" as HTML }
        return """
            <details id="host-\(host.name)"\(host.faults.isEmpty ? "" : " open" as HTML)><summary><b>\(host.name)</b> \
            <span class="faint">\(counted(steps.count, "step"))\(host.faults.isEmpty ? "" : ", " + counted(host.faults.count, "fault"))</span></summary>
            \(faults)
            \(putBack.isEmpty ? "" : "<p>Would put the former certificate back:</p><ul>\(putBack)</ul>" as HTML)
            \(agents.isEmpty ? "" : "<p>Agents started:</p><ul>\(agents)</ul>" as HTML)
            \(host.gates.isEmpty ? "" : "<p>Gates:</p><ul>\(items(host.gates))</ul>" as HTML)
            \(host.notes.isEmpty ? "" : "<p>Notes:</p><ul>\(items(host.notes))</ul>" as HTML)
            <div class="scroll"><table><tbody>\(steps.map(step))</tbody></table></div>
            </details>
            """
    }

    private func step(_ step: StepReport) -> HTML {
        let tone =
            switch step.status {
            case .done, .foundDone: "good"
            case .failed: "bad"
            default: "waiting"
            }
        let call: HTML = step.call.map { "<br><code>\($0)</code>" } ?? ""
        let length = step.status == nil ? "" : DisplayClock.length(milliseconds: step.milliseconds)
        return """
            <tr><td class="faint">\(step.began.map(clock.time) ?? "")</td><td>\(step.key.part.rawValue)</td>\
            <td>\(EventWords.name(step.key))</td><td>\(step.title)\(call)</td>\
            <td class="\(tone)">\(ResultWords.text(step.status))</td><td class="number">\(length)</td></tr>
            """
    }

    private func notes(_ report: RunReport) -> HTML {
        report.notes.isEmpty ? "" : "<section><h2>Notes</h2><ul>\(items(report.notes))</ul></section>"
    }

    private func timeline(_ report: RunReport) -> HTML {
        let rows = report.timeline.map { entry in
            """
            <tr><td class="faint">\(clock.time(entry.time))</td><td><b>\(entry.subject ?? "")</b></td>\
            <td>\(entry.text)</td></tr>
            """ as HTML
        }
        return """
            <section><h2>Timeline</h2><details><summary>\(counted(rows.count, "line"))</summary>
            <div class="scroll"><table><tbody>\(rows)</tbody></table></div></details></section>
            """
    }

    private func items(_ texts: [String]) -> [HTML] { texts.map { "<li>\($0)</li>" } }

    private func fault(_ fault: Fault) -> HTML {
        let hint: HTML = fault.hint.map { "<p class=\"hint\">hint: \($0)</p>" } ?? ""
        let details: HTML = fault.details.isEmpty ? "" : "<ul>\(items(fault.details))</ul>"
        return "\(fault.host.map { "\($0): " } ?? "")\(fault.message) <code>\(fault.code)</code>\(details)\(hint)"
    }
}
