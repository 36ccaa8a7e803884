import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct HTMLTests {
    @Test func `what is interpolated is escaped, HTML is not, and control characters are gone`() {
        let inner: HTML = "<b>\("x & y")</b>"
        let outer: HTML = "<p title=\"\("\"'<>")\">\(inner)\([inner, inner])\(3)\("a\u{0}\u{202E}b")</p>"
        #expect(
            outer.text == "<p title=\"&quot;&#39;&lt;&gt;\"><b>x &amp; y</b><b>x &amp; y</b><b>x &amp; y</b>3a b</p>")
    }

    @Test func `no text of an event reaches the report as markup`() {
        let evil = "<script>alert('x')</script>\"&"
        let id = "fe-lyon/fe-default"
        let key = StepKey(host: evil, subject: evil, part: .switching, step: evil, item: evil)
        let fault = Fault(evil, .failed, host: evil, evil, hint: evil, details: [evil])
        let kinds: [RunEvent.Kind] = [
            .stepBegan(key, title: evil, number: 1, of: 1), .intent(key, call: evil, names: [:]),
            .outcome(key, StepOutcome(.failed, fault: fault)), .hostFailed(fault), .note(host: evil, text: evil),
            .note(host: nil, text: evil), .agentBegan(host: evil, reason: evil), .poolStopped(pool: evil, fault),
            .gate(pool: evil, host: evil, open: false, findings: [evil]),
            .verified(order: id, host: "fe01", evidence: [evil]),
            .issued(order: id, hosts: ["fe01"], thumbprint: evil, serial: evil),
            .resting(order: id, host: "fe02", request: evil, text: evil),
        ]
        var record = Sample.record()
        record.command = evil
        record.inventory = evil
        let events = Sample.events() + kinds.map { RunEvent(time: at(0), kind: $0) }
        let text = RunReportHTML(clock: clock).document(RunReport(record, events: events)).text
        #expect(!text.contains("<script"))
        #expect(text.contains("&lt;script&gt;"))
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("src="))
        #expect(!JUnitText.text(RunReport(record, events: events)).contains("<script"))
    }

    @Test func `the report shows names with origins, evidence, both thumbprints and the timeline`() {
        let text = RunReportHTML(clock: clock).document(Sample.report()).text
        for part in [
            "<!DOCTYPE html>", "prefers-color-scheme:dark",
            "<td>lyon.corp.example.com</td><td class=\"faint\">pool FQDN",
            "<li>TLS fe01:5061</li>", "<code>\(oldPrint)</code>", "<code>\(newPrint)</code>",
            "switched, verified", "-Thumbprint \(oldPrint)", "certfleet runs resume 20261121-1203-a7f3",
            "<td>rollout fe-lyon: began</td>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `what went wrong stands first and leads to its host, whose order nobody could look at remains`() {
        var planned = Sample.planned("fe02", .unknown)
        planned.former = [:]
        planned.order.names = []
        let record = RunRecord(
            id: "20261121-1203-a7f3", command: "renew", inventory: "fleet.yml", state: .stopped, began: at(0),
            hosts: ["fe01", "fe02"])
        let fault = Fault("ssh.refused", .unreachable, host: "fe02", "nothing <b> listens", hint: "is sshd running?")
        let report = RunReport(
            record,
            events: [
                RunEvent(time: at(0), kind: .hostFailed(fault)),
                RunEvent(time: at(0), kind: .planned(PlannedOrderSummary(Sample.planned("fe01", .none)))),
                RunEvent(time: at(0), kind: .planned(PlannedOrderSummary(planned))),
            ])
        #expect(report.remaining.map(\.pool) == ["fe-lyon"])
        #expect(report.remaining.first?.hosts == ["fe02"])
        let text = RunReportHTML(clock: clock).document(report).text
        let wrong = text.range(
            of: "<li><a href=\"#host-fe02\">fe02</a>: nothing &lt;b&gt; listens <code>ssh.refused</code></li>")
        let hosts = text.range(of: "<table class=\"hosts\">")
        #expect(wrong != nil && hosts != nil)
        if let wrong, let hosts { #expect(wrong.lowerBound < hosts.lowerBound) }
        #expect(text.contains("<details id=\"host-fe02\" open>"))
        #expect(text.contains("<td data-is=\"After\">–</td><td data-is=\"Result\" class=\"bad\">not known"))
        #expect(
            text.contains(
                "<span class=\"faint\">unchanged</span></td><td data-is=\"Result\" class=\"good\">nothing to do"))
        #expect(text.contains("subject lyon.corp.example.com, and no name beside it"))
    }
}
