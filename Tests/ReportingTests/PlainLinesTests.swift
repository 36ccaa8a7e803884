import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct PlainLinesTests {
    func lines(_ events: [RunEvent]) -> [String] {
        var lines = PlainLines(clock: clock, hosts: ["fe01", "fe02", "fe-lyon"])
        return events.flatMap { lines.lines(for: $0) }
    }

    @Test func `a run is told in one timestamped line per event worth a line, a fault in full once`() {
        let text = lines(Sample.events()).joined(separator: "\n")
        #expect(
            text == """
                12:03:04          rollout fe-lyon: began
                12:03:05 fe01     agent started: survey
                12:03:06 fe01     surveyed
                12:03:07 fe02     agent started: survey
                12:03:08 fe02     surveyed
                12:03:09 fe-lyon  fe-lyon/fe-default on fe01: new certificate (31 days left of 730, less than 60d)
                12:03:10 fe-lyon  fe-lyon/fe-default on fe02: new certificate (31 days left of 730, less than 60d)
                12:03:11 fe01     prepare 3/9  request: key and request made on the server
                12:03:14 fe01     fe-lyon/fe-default: issued FF99EE88DD77CC66BB55AA44FF33EE22DD11CC00, serial 0A1B
                12:03:16 fe02     prepare 3/9  request: key and request made on the server
                12:03:19 fe02     fe-lyon/fe-default: issued FF99EE88DD77CC66BB55AA44FF33EE22DD11CC00, serial 0A1B
                12:03:21 fe01     gate open (fe-lyon)
                12:03:22 fe01     switch begins: fe-lyon/fe-default
                12:03:23 fe01     switch 1/2  assign: assigned
                12:03:26 fe01     fe-lyon/fe-default: verified by Get-CsCertificate Default; TLS fe01:5061
                12:03:27 fe01     switched: fe-lyon/fe-default
                12:03:28 fe02     gate open (fe-lyon)
                12:03:29 fe02     switch begins: fe-lyon/fe-default
                12:03:30 fe02     switch 1/2  assign: assigned
                12:03:32 fe02     switch assign failed: Default still shows the former certificate [step.not-verified]
                12:03:32 fe02       RTCSRV: Stopped
                12:03:32 fe02       hint: look at the event log, then: certfleet runs resume
                12:03:33 fe02     switch failed: Default still shows the former certificate [step.not-verified]
                12:03:34 fe-lyon  pool stopped: fe02: Default still shows the former certificate [step.not-verified]
                12:03:35          note: fe-paris was left alone
                12:03:36          stopped: a target failed (exit 1)
                """)
    }

    @Test func `steps of surveys and gates make no lines, unknown outcomes and rests do`() {
        let survey = Sample.key("fe01", .survey, "stores")
        let request = Sample.key("fe01", .prepare, "request")
        let kinds: [RunEvent.Kind] = [
            .stepBegan(survey, title: "stores read", number: 1, of: 9),
            .outcome(request, StepOutcome(.unknown)), .outcome(request, StepOutcome(.foundDone)),
            .resting(order: "p/o", host: "fe01", request: "r-1", text: "in the clerk's hands"),
            .gate(pool: "p", host: "fe01", open: false, findings: ["fe02: RTCSRV Stopped"]),
        ]
        #expect(
            lines(kinds.map { RunEvent(time: at(0), kind: $0) }) == [
                "12:03:04 fe01     prepare request: outcome unknown, to be looked at",
                "12:03:04 fe01     prepare request: looked at, and found done",
                "12:03:04 fe01     p/o: waits for an answer to request r-1: in the clerk's hands",
                "12:03:04 fe01     gate closed (p): fe02: RTCSRV Stopped",
            ])
    }

    @Test func `a fault that comes again with more details adds those and nothing else`() {
        var more = Sample.fault
        more.details.append("to put it back: Set-It")
        let events: [RunEvent.Kind] = [
            .outcome(Sample.key("fe02", .switching, "assign"), StepOutcome(.failed, fault: Sample.fault)),
            .switchEnded(pool: "fe-lyon", host: "fe02", orders: [], fault: more),
        ]
        let told = lines(events.map { RunEvent(time: at(0), kind: $0) })
        #expect(told.count == 5)
        #expect(told.last == "12:03:04 fe02       to put it back: Set-It")
    }

    @Test func `what a server says cannot move the cursor or forge a line`() {
        let event = RunEvent(
            time: at(0), kind: .progress(host: "fe01", text: "a\u{1B}[2Jb\r\n12:00:00 c\u{202E}d\u{9B}e"))
        #expect(lines([event]) == ["12:03:04 fe01     a [2Jb  12:00:00 cd e"])
    }
}

@Suite struct FaultTextTests {
    @Test func `host first, then code, details and the hint on lines of their own`() {
        let fault = Fault(
            "ssh.host-key-changed", .refused, host: "ex01", "host key differs from inventory/known_hosts line 12",
            hint: "if the server was rebuilt, run: certfleet hostkeys approve ex01", details: ["offered SHA256:abc"])
        #expect(
            FaultText.text(fault) == """
                ex01: host key differs from inventory/known_hosts line 12 [ssh.host-key-changed]
                  offered SHA256:abc
                  hint: if the server was rebuilt, run: certfleet hostkeys approve ex01
                """)
    }
}
