import FleetModel
import Foundation
import Testing

@testable import Reporting

struct VendorStepsTests {
    private static let id = "fe-lyon/fe-default"
    private static let request =
        #"Request-CsCertificate -New -Type Default,WebServicesInternal -Output 'C:\x\request.txt' -KeySize 2048 "#
        + "-FriendlyName 'certfleet a' -Confirm:$false"

    private static func key(_ step: String, _ part: StepKey.Part = .prepare) -> StepKey {
        StepKey(host: "fe01", subject: id, part: part, step: step)
    }

    /// What a run in delayed mode records of fe01, up to a step; each event a second after the other.
    private func report(
        _ need: PlannedOrder.Need = .issue, steps: [(StepKey, String?, StepOutcome)], more: [RunEvent.Kind] = []
    ) -> RunReport {
        var planned = Sample.planned("fe01", need)
        if need == .assign { planned.thumbprint = newPrint }
        var facts = HostFacts(host: "fe01", services: ["RTCSRV": "Running", "REPLICA": "Stopped"])
        facts.account = #"CORP\certfleet"#
        facts.isElevated = false
        planned.ground = ["fe01": SurveyedGround(facts)]
        var kinds: [RunEvent.Kind] = [
            .runBegan(command: "rollout fe-lyon", resumed: false), .agentBegan(host: "fe01", reason: "survey"),
            .planned(PlannedOrderSummary(planned)),
        ]
        for (key, call, outcome) in steps {
            kinds.append(.stepBegan(key, title: "\(key.step) done", number: 1, of: 9))
            if let call { kinds.append(.intent(key, call: call, names: [:])) }
            kinds.append(.outcome(key, outcome))
        }
        kinds += more
        var report = RunReport(
            Sample.record(), events: kinds.enumerated().map { RunEvent(time: at(Double($0.offset)), kind: $0.element) })
        report.consent = "agreed to with --yes; plan 0a1b"
        return report
    }

    private func steps(_ report: RunReport) throws -> VendorSteps {
        VendorSteps(order: try #require(report.orders.first), host: try #require(report.hosts.first), report: report)
    }

    private static let requested = (
        key("request"), request as String?,
        StepOutcome(
            .done, read: "Read-PrivateFile -Name request.txt", seen: [.object(["RawData": .string("<9 bytes>")])])
    )

    @Test func `the rows are the page's 21 in their order, with what comes before and the delayed mode's detour`()
        throws
    {
        let steps = try steps(report(steps: [Self.requested]))
        #expect(steps.all.map(\.number) == Array(1...21))
        #expect(steps.rows.map(\.row) == ["0", "1", "2", "3", "4", "4b"] + (5...21).map(String.init))
        #expect(steps.before.readBack == #"signed in as CORP\certfleet, not elevated"#)
        #expect(steps.all[0].readBack == "1 of 2 services running; REPLICA Stopped")
        #expect(steps.all[13].readBack == "agreed to with --yes; plan 0a1b")
    }

    @Test func `a page says what was called, what was read back and when, or else why it does not apply`() throws {
        let entry = StepOutcome(
            .done, read: "Get-StoreCertificate -Store My",
            seen: [
                .object([
                    "Thumbprint": .string(newPrint), "KeySize": .int(2048), "HasPrivateKey": .bool(true),
                    "FriendlyName": .string("certfleet a"),
                    "DnsNames": .array([.string("lyon.corp.example.com"), .string("fe01.corp.example.com")]),
                ])
            ])
        let report = report(steps: [
            Self.requested, (Self.key("sign"), "sign-request", StepOutcome(.done)), (Self.key("entry"), nil, entry),
        ])
        let all = try steps(report).all
        for step in all {
            if step.notApplicable == nil {
                #expect(step.called != nil && step.readBack != nil && step.at != nil, "\(step)")
            } else {
                #expect(step.called == nil && step.readBack == nil && step.notApplicable?.isEmpty == false, "\(step)")
            }
        }
        #expect(all[3].called == #"delayed, request in C:\x\request.txt"#)
        #expect(all[3].readBack == "Read-PrivateFile -Name request.txt: RawData <9 bytes>")
        #expect(all[4].notApplicable == "delayed: the request was carried to corp")
        #expect(all[6].notApplicable == "the authority's own choice")
        #expect(all[7].called == "-FriendlyName certfleet a -KeySize 2048")
        #expect(all[7].readBack == "in the store: FriendlyName certfleet a; KeySize 2048")
        #expect(all[11].notApplicable == "no automatic sign-in with strict DNS matching")
        #expect(all[17].readBack == "Thumbprint \(newPrint); HasPrivateKey true")
        #expect(all[19].notApplicable == "the switch did not begin here")
    }

    @Test func `a request that waits is said to wait, and a step that failed says how`() throws {
        let rests = try steps(
            report(
                steps: [Self.requested, (Self.key("sign"), "sign-request", StepOutcome(.resting))],
                more: [.resting(order: Self.id, host: "fe01", request: "42", text: "taken under submission")]))
        #expect(rests.carried.readBack == "waits: 42: taken under submission")
        #expect(rests.all[15].readBack == "waits: 42: taken under submission")
        let denied = Fault("authority.denied", .failed, "the CA denied the request")
        let failed = try steps(
            report(steps: [Self.requested, (Self.key("sign"), "sign-request", StepOutcome(.failed, fault: denied))]))
        #expect(failed.carried.readBack == "failed: the CA denied the request")
    }

    @Test func `in immediate mode the server asks the authority itself, and nothing is carried`() throws {
        let call = #"Request-CsCertificate -New -Type Default -CA 'ca01.corp.example.com\Corp CA' -CaAccount CORP\ca"#
        let steps = try steps(report(steps: [(Self.key("request"), call, StepOutcome(.done))]))
        #expect(steps.all[3].called == "immediate")
        #expect(steps.all[4].called == #"-CA ca01.corp.example.com\Corp CA"#)
        #expect(steps.all[5].called == #"-CaAccount CORP\ca"#)
        #expect(steps.carried.notApplicable == "immediate: the server asked the authority itself")
        #expect(steps.all[15].page == "online request status")
    }

    @Test func `nothing asked for has its reason on every page that the request fills`() throws {
        for (need, why) in [
            (PlannedOrder.Need.none, "nothing was due"), (.assign, "a fitting certificate was in the store already"),
        ] {
            let all = try steps(report(need, steps: [])).all
            for number in [2, 4, 5, 6, 7, 8, 9, 10, 15, 16] {
                #expect(all[number - 1].notApplicable == why, "\(all[number - 1])")
            }
        }
    }

    @Test func `Exchange is told that the wizard is not for it`() {
        var report = report(steps: [])
        report.orders[0].summary.usages = ["UM"]
        let text = VendorStepsText(clock: clock).text(report)
        #expect(text.contains("the wizard knows nothing of Exchange; its steps: certfleet runs show"))
        #expect(!text.contains(" 21  status"))
        #expect(VendorStepsText.json(report)["servers"]?.items?.isEmpty == true)
    }

    @Test func `text and JSON have the same rows`() throws {
        let report = report(steps: [Self.requested])
        let text = VendorStepsText(clock: clock).text(report)
        let server = try #require(VendorStepsText.json(report)["servers"]?.items?.first)
        let rows = try steps(report).rows
        for row in rows {
            let gap = row.row == "4b" ? " " : "  "
            #expect(text.contains("\(row.row)\(gap)\(row.page)"), "\(row): \(text)")
        }
        #expect(server["steps"]?.items?.count == 21)
        #expect(server["before"]?["row"]?.text == "0" && server["carried"]?["row"]?.text == "4b")
    }
}
