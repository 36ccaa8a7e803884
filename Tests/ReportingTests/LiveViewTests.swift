import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct LiveViewTests {
    func view(after count: Int) -> LiveView {
        var view = LiveView(
            command: "rollout fe-lyon", pools: [("fe-lyon", ["fe01", "fe02"]), ("fe-paris", ["fe11"])])
        for event in Sample.events().prefix(count) { view.apply(event) }
        return view
    }

    func text(_ count: Int, width: Int = 60, height: Int = 20) -> String {
        view(after: count).lines(width: width, height: height, now: at(100), style: plain).joined(separator: "\n")
    }

    @Test func `a working host shows its step, its title and how long it has been at it`() {
        #expect(
            text(9) == """
                rollout fe-lyon · 1:40
                fe-lyon  1 working, 1 waiting
                  fe01  ▸ prepare 3/9   request: key and request made … 1:33
                  fe02  · waiting
                fe-paris  1 waiting
                  fe11  · waiting
                """)
    }

    @Test func `hosts that are done and failed say so, and the clock stops with the run`() {
        #expect(
            text(100, width: 70) == """
                rollout fe-lyon · 0:32
                fe-lyon  1 done, 1 failed, pool stopped
                  fe01  ✓ fe-lyon/fe-default
                  fe02  ✗ Default still shows the former certificate
                fe-paris  1 not begun
                  fe11  · not begun
                """)
    }

    @Test func `with little room the failed host stays, the rest is counted`() {
        #expect(
            text(100, width: 40, height: 4) == """
                rollout fe-lyon · 0:32
                fe-lyon  1 done, 1 failed, pool stopped
                  fe02  ✗ Default still shows the forme…
                fe-paris  1 not begun
                """)
        #expect(
            text(100, width: 40, height: 2) == """
                rollout fe-lyon · 0:32
                … 2 more pools: 1 done, 1 not begun, 1 …
                """)
    }

    @Test(arguments: [0, 1, 5, 20, 33], [0, 1, 2, 3, 7])
    func `no line is wider and no picture higher than asked`(width: Int, height: Int) {
        for count in 0...Sample.events().count {
            let lines = view(after: count).lines(width: width, height: height, now: at(100), style: plain)
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { $0.count <= width })
        }
    }

    @Test func `a host that nobody announced is shown all the same`() {
        var view = LiveView(command: "x", pools: [])
        view.apply(RunEvent(time: at(0), kind: .agentBegan(host: "fe09", reason: "survey")))
        let lines = view.lines(width: 60, height: 9, now: at(2), style: plain)
        #expect(lines[1...] == ["other hosts  1 working", "  fe09  ▸ " + "agent starts: survey".padded(45) + " 0:02"])
    }

    @Test func `a host with nothing due is done as soon as that is known, unless another order has work for it`() {
        var view = LiveView(command: "x", pools: [("fe-lyon", ["fe01"])])
        func lastLine() -> String? { view.lines(width: 60, height: 9, now: at(2), style: plain).last }
        view.apply(RunEvent(time: at(0), kind: .planned(PlannedOrderSummary(Sample.planned("fe01", .none)))))
        #expect(lastLine() == "  fe01  ✓ nothing to do")
        view.apply(RunEvent(time: at(0), kind: .planned(PlannedOrderSummary(Sample.planned("fe01")))))
        #expect(lastLine() == "  fe01  · waiting")
    }

    @Test func `who has tidied up is what it was before, and who is at something when the run ends has stopped`() {
        var view = LiveView(command: "x", pools: [("fe-lyon", ["fe01", "fe02", "fe03"])])
        func take(_ kind: RunEvent.Kind) { view.apply(RunEvent(time: at(0), kind: kind)) }
        func lines() -> [String] {
            view.lines(width: 60, height: 9, now: at(2), style: plain).dropFirst().map {
                $0.replacing(#/ +0:02$/#, with: "")
            }
        }
        func step(_ part: StepKey.Part, _ name: String) -> StepKey {
            StepKey(host: "fe01", subject: "fe-lyon/fe", part: part, step: name)
        }
        take(.stepBegan(step(.prepare, "proof"), title: "nonce signed", number: 9, of: 9))
        take(.prepared(order: "fe-lyon/fe", host: "fe01"))
        take(.stepBegan(step(.finally, "folder"), title: "removed", number: 1, of: 2))
        take(.outcome(step(.finally, "folder"), StepOutcome(.done)))
        take(.stepBegan(step(.finally, "other"), title: "removed too", number: 2, of: 2))
        #expect(lines()[1] == "  fe01  ▸ finally 2/2   other: removed too")
        take(.outcome(step(.finally, "other"), StepOutcome(.done)))
        let broken = StepKey(host: "fe02", subject: "fe-lyon/fe", part: .prepare, step: "sign")
        let folder = StepKey(host: "fe02", subject: "fe-lyon/fe", part: .finally, step: "folder")
        take(.stepBegan(broken, title: "signed by corp", number: 3, of: 9))
        take(.stepBegan(folder, title: "removed", number: 1, of: 1))
        take(.outcome(folder, StepOutcome(.done)))
        #expect(
            lines() == [
                "fe-lyon  1 working, 1 ready, 1 waiting", "  fe01  · prepared",
                "  fe02  ▸ prepare 3/9   sign: signed by corp",
                "  fe03  · waiting",
            ])
        take(.runEnded(.interrupted, exitCode: .interrupted))
        #expect(
            lines() == [
                "fe-lyon  1 stopped, 1 ready, 1 not begun", "  fe01  · prepared, not switched",
                "  fe02  ‖ stopped at prepare 3/9: sign: signed by corp", "  fe03  · not begun",
            ])
        take(.runBegan(command: "x", resumed: true))
        #expect(lines()[0] == "fe-lyon  1 working, 1 ready, 1 waiting")
    }

    @Test func `colour appears only when it is asked for`() {
        let style = TextStyle(coloured: true)
        let coloured = view(after: 9).lines(width: 60, height: 9, now: at(9), style: style).joined()
        #expect(coloured.contains("\u{1B}["))
        #expect(!text(9).contains("\u{1B}["))
    }
}
