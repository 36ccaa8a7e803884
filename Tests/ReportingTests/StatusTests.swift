import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct StatusTests {
    @Test func `status shows per host what is assigned, until when, and why it is due`() {
        #expect(
            StatusText(clock: clock, style: plain).text(Sample.status()) == """
                pool fe-lyon
                  fe01  00AA11BB…  until 2026-12-23  31 days left   due: 31 days left of 730, less than 60d  Default, WebServicesInternal
                  fe02  00AA11BB…  until 2028-10-21  700 days left  ok                                       Default, WebServicesInternal
                  fe03: connection refused [ssh.refused]
                    hint: is sshd running?

                """)
        #expect(Sample.status().isDue)
    }

    @Test func `the JSON has a row per usage, with whole days rounded down`() throws {
        let value = StatusJSON.value(Sample.status())
        let pool = try #require(value["pools"]?.items?.first)
        let rows = try #require(pool["certificates"]?.items)
        #expect(rows.count == 4)
        #expect(rows[0]["daysLeft"] == .int(31) && rows[0]["due"] == .bool(true))
        #expect(rows[0]["usage"]?.text == "Default" && rows[0]["thumbprint"]?.text == oldPrint)
        #expect(rows[2]["due"] == .bool(false))
        #expect(pool["faults"]?.items?.first?["host"]?.text == "fe03")
        #expect(at(-1).daysLeft(from: at(0)) == -1)
    }

    @Test func `Prometheus gets the end of life and whether it is due, with labels escaped`() {
        var report = Sample.status()
        report.pools[0].rows = Array(report.pools[0].rows.prefix(1))
        report.pools[0].rows[0].pool = "a\"b\\c\n"
        #expect(
            PrometheusText.text(report) == """
                # HELP certfleet_certificate_not_after_seconds End of the assigned certificate's life, Unix time.
                # TYPE certfleet_certificate_not_after_seconds gauge
                certfleet_certificate_not_after_seconds{pool="a\\"b\\\\c ",host="fe01",order="fe-lyon/fe-default",usage="Default"} 1797984184
                # HELP certfleet_certificate_due 1 when the certificate must be renewed, distributed or assigned.
                # TYPE certfleet_certificate_due gauge
                certfleet_certificate_due{pool="a\\"b\\\\c ",host="fe01",order="fe-lyon/fe-default",usage="Default"} 1

                """)
    }

    @Test func `every exit code and state has its words`() {
        for code in ExitCode.precedence { #expect(!ResultWords.text(code).isEmpty) }
        #expect(ResultWords.text(ExitCode.guarded) == "stopped by a guard; untouched hosts remain")
        #expect(DisplayClock.elapsed(3723) == "1:02:03")
        #expect(DisplayClock.length(milliseconds: 999) == "999 ms")
    }
}
