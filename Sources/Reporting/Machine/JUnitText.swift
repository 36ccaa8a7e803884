import FleetModel

/// A run as JUnit XML: a suite per pool, a case per order and host.
package enum JUnitText {
    package static func text(_ report: RunReport) -> String {
        let suites = report.pools.map { suite($0, report) }
        let document: HTML = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="certfleet \(report.id)">
            \(suites)</testsuites>

            """
        return document.text
    }

    private static func suite(_ pool: PoolReport, _ report: RunReport) -> HTML {
        let cases = report.orders.filter { $0.summary.pool == pool.name }
            .flatMap { order in order.hosts.map { (order, $0, report.faults(of: $0.host)) } }
        let failed = cases.filter { isFailure($0, $1, $2) }.count
        let skipped = cases.filter { isSkipped($0, $1, $2) }.count
        return """
            <testsuite name="\(pool.name)" tests="\(cases.count)" failures="\(failed)" skipped="\(skipped)">
            \(cases.map { testCase($0, $1, $2) })</testsuite>

            """
    }

    private static func testCase(_ order: OrderReport, _ host: OrderReport.OnHost, _ faults: [Fault]) -> HTML {
        let open: HTML = "<testcase classname=\"\(order.summary.order)\" name=\"\(host.host)\""
        if isFailure(order, host, faults) {
            let text = faults.map(\.message).joined(separator: "; ")
            return
                "\(open)><failure message=\"\(text)\">\(faults.map(\.code).joined(separator: " "))</failure></testcase>\n"
        }
        if isSkipped(order, host, faults) {
            return "\(open)><skipped message=\"\(RunReportText.progress(order, host))\"/></testcase>\n"
        }
        return "\(open)/>\n"
    }

    private static func isOpen(_ order: OrderReport, _ host: OrderReport.OnHost) -> Bool {
        order.summary.need.isWork && !host.switched
    }

    private static func isFailure(_ order: OrderReport, _ host: OrderReport.OnHost, _ faults: [Fault]) -> Bool {
        isOpen(order, host) && !faults.isEmpty
    }

    private static func isSkipped(_ order: OrderReport, _ host: OrderReport.OnHost, _ faults: [Fault]) -> Bool {
        isOpen(order, host) && faults.isEmpty
    }
}

extension RunReport {
    func faults(of host: String) -> [Fault] { hosts.first { $0.name == host }?.faults ?? [] }
}
