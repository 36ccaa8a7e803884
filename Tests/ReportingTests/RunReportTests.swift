import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct RunReportTests {
    @Test func `the report tells former and new, evidence, faults, what would put it back and what remains`() {
        #expect(
            RunReportText(clock: clock, style: plain).text(Sample.report()) == """
                run 20261121-1203-a7f3: rollout fe-lyon
                  stopped: a target failed (exit 1)
                  began 2026-11-21 12:03, took 2 min 13 s
                  inventory inventory/fleet.yml

                pool fe-lyon
                  stopped
                    fe02: Default still shows the former certificate [step.not-verified]
                      RTCSRV: Stopped
                      hint: look at the event log, then: certfleet runs resume
                  fe-lyon/fe-default on fe01: new certificate (31 days left of 730, less than 60d)
                    from corp, its own key, 2 names
                    fe01  00AA11BB… → FF99EE88…  switched, verified
                    fe01 verified by: Get-CsCertificate Default; TLS fe01:5061
                    note: to be done afterwards: restart RTCSRV on the Front Ends of fe-paris
                  fe-lyon/fe-default on fe02: new certificate (31 days left of 730, less than 60d)
                    from corp, its own key, 2 names
                    fe02  00AA11BB… → FF99EE88…  its switch began and has not ended well
                    note: to be done afterwards: restart RTCSRV on the Front Ends of fe-paris
                  fe02: would put the former certificate back: Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint 00AA11BB22CC33DD44EE55FF66AA77BB88CC99DD -Confirm:$false

                agents started
                  12:03:05  fe01  survey
                  12:03:07  fe02  survey

                notes
                  fe-paris was left alone

                not switched
                  fe-lyon: fe02

                to go on: certfleet runs resume 20261121-1203-a7f3
                to give up: certfleet runs abort 20261121-1203-a7f3

                """)
    }

    @Test func `nothing is to be put back where nothing was assigned or the switch ended well`() {
        let report = Sample.report()
        #expect(report.putBack(report.hosts[0]) == [])
        let early = RunReport(
            Sample.record(),
            events: Sample.events().filter { if case .intent = $0.kind { false } else { true } })
        #expect(early.hosts.allSatisfy { early.putBack($0) == [] })
    }

    @Test func `a call that the fault spells out already is not told twice, and the richer fault is kept`() {
        var events = Sample.events()
        let report = Sample.report()
        var more = Sample.fault
        more.details += report.putBack(report.hosts[1]).map { "to put it back: \($0)" }
        for (index, event) in events.enumerated() {
            guard case .switchEnded(let pool, "fe02", let orders, _) = event.kind else { continue }
            events[index].kind = .switchEnded(pool: pool, host: "fe02", orders: orders, fault: more)
        }
        let text = RunReportText(clock: clock, style: plain).text(RunReport(Sample.record(), events: events))
        #expect(text.contains("to put it back: Set-CsCertificate"))
        #expect(!text.contains("would put the former certificate back"))
        #expect(RunReport(Sample.record(), events: events).hosts[1].faults == [more])
    }

    @Test func `two former certificates make two calls, each with its usages`() {
        var events = Sample.events()
        for (index, event) in events.enumerated() {
            guard case .planned(var summary) = event.kind, summary.hosts == ["fe02"] else { continue }
            summary.former["fe02"]?["WebServicesInternal"] = String(repeating: "C", count: 40)
            events[index].kind = .planned(summary)
        }
        let report = RunReport(Sample.record(), events: events)
        let calls = report.putBack(report.hosts[1])
        #expect(calls.count == 2)
        #expect(calls.first?.hasSuffix("\(oldPrint) -Confirm:$false  (for Default only)") == true)
    }

    @Test func `a resumed run keeps what was found at first, and a rest that was answered is over`() {
        var again = PlannedOrderSummary(Sample.planned("fe01"))
        again.former = ["fe01": ["Default": newPrint]]
        let kinds: [RunEvent.Kind] = [
            .planned(PlannedOrderSummary(Sample.planned("fe01"))),
            .resting(order: "fe-lyon/fe-default", host: "fe01", request: "r-1", text: "clerk"),
            .runBegan(command: "x", resumed: true), .planned(again),
        ]
        var events = kinds.map { RunEvent(time: at(0), kind: $0) }
        var report = RunReport(Sample.record(), events: events)
        #expect(report.orders.count == 1)
        #expect(report.orders[0].hosts[0].former["Default"] == oldPrint)
        #expect(
            RunReportText.progress(report.orders[0], report.orders[0].hosts[0]) == "waits for an answer to r-1: clerk")
        events.append(
            RunEvent(
                time: at(1),
                kind: .issued(order: "fe-lyon/fe-default", hosts: ["fe01"], thumbprint: newPrint, serial: "1")))
        report = RunReport(Sample.record(), events: events)
        #expect(RunReportText.progress(report.orders[0], report.orders[0].hosts[0]) == "not done")
    }

    @Test func `the JSON has a version, orders with hosts, steps with calls and durations`() throws {
        let value = RunReportJSON.value(Sample.report())
        #expect(value["version"] == .int(1))
        let run = try #require(value["run"])
        #expect(run["exitCode"] == .int(1) && run["state"]?.text == "stopped")
        #expect(run["began"]?.text == "2026-11-21T12:03:04Z")
        let host = try #require(run["orders"]?.items?.first?["hosts"]?.items?.first)
        #expect(host["former"]?["Default"]?.text == oldPrint && host["thumbprint"]?.text == newPrint)
        #expect(host["evidence"]?.texts == ["Get-CsCertificate Default", "TLS fe01:5061"])
        let step = try #require(run["hosts"]?.items?.last?["steps"]?.items?.last)
        #expect(step["call"]?.text == Sample.assign && step["milliseconds"] == .int(61_500))
        #expect(step["fault"]?["code"]?.text == "step.not-verified")
        #expect(run["remaining"]?.items?.first?["hosts"]?.texts == ["fe02"])
        #expect(run["hosts"]?.items?.last?["putBack"]?.texts.count == 1)
    }

    @Test func `a list of runs is a table, an empty one a sentence`() {
        #expect(
            RunsText(clock: clock).list([Sample.record()]) == """
                RUN                 BEGAN             STATE    EXIT  HOSTS  COMMAND
                20261121-1203-a7f3  2026-11-21 12:03  stopped  1     2      rollout fe-lyon

                """)
        #expect(RunsText(clock: clock).list([]) == "no run yet\n")
        #expect(RunsText.json([Sample.record()])["runs"]?.items?.first?["unfinished"] == .bool(true))
    }

    @Test func `JUnit has a case per order and host, with the failure`() {
        #expect(
            JUnitText.text(Sample.report()) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="certfleet 20261121-1203-a7f3">
                <testsuite name="fe-lyon" tests="2" failures="1" skipped="0">
                <testcase classname="fe-lyon/fe-default" name="fe01"/>
                <testcase classname="fe-lyon/fe-default" name="fe02"><failure message="Default still shows the former certificate">step.not-verified</failure></testcase>
                </testsuite>
                </testsuites>

                """)
    }
}
