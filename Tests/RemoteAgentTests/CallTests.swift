import AgentProtocol
import FleetModel
import FoundationEssentials
import Testing

@testable import RemoteAgent

struct CallTests {
    @Test func `calls run one at a time in the order they were made`() {
        var dialogue = Dialogue.ready()
        #expect(dialogue.invoke(1, step: "a") == [.sent("invoke Lync\\Get-CsCertificate")])
        #expect(dialogue.invoke(2, "Set-CsCertificate", step: "b") == [])
        #expect(
            dialogue.hear(.done(Done(id: "a", ok: true))) == [.done(1, true), .sent("invoke Lync\\Set-CsCertificate")])
        #expect(dialogue.hear(.done(Done(id: "b", ok: false))) == [.done(2, false)])
    }

    @Test func `a cmdlet that is not of this run is refused here`() {
        var dialogue = Dialogue.ready()
        #expect(dialogue.invoke(1, "Remove-Item") == [.fault(1, "agent.unknown-command")])
    }

    @Test func `large bytes go ahead as a blob and are dropped afterwards`() {
        var dialogue = Dialogue.ready()
        var call = Dialogue.call("Set-CsCertificate", step: "import")
        call.parameters = [("Raw", .bytes(Data(count: 300_000))), ("Small", .bytes(Data(count: 131_072)))]
        #expect(
            dialogue.tell(.call(1, call)) == [
                .sent("put import-0 262144"), .sent("put import-0 37856"), .sent("invoke Lync\\Set-CsCertificate"),
            ])
        #expect(dialogue.hear(.kept(blob: "import-0", bytes: 262_144), .kept(blob: "import-0", bytes: 300_000)) == [])
        #expect(dialogue.hear(.done(Done(id: "import", ok: true))) == [.sent("drop import-0"), .done(1, true)])
    }

    @Test func `parameters that fit no line are refused without a word to the agent`() {
        var dialogue = Dialogue.ready()
        var call = Dialogue.call("Set-CsCertificate")
        call.parameters = (0..<9).map { ("P\($0)", .bytes(Data(count: 131_072))) }
        #expect(dialogue.tell(.call(1, call)) == [.fault(1, "agent.too-large")])
        #expect(dialogue.invoke(2) == [.sent("invoke Lync\\Get-CsCertificate")])
    }

    @Test func `cancelling stops the running call and forgets a waiting one`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "a")
        _ = dialogue.invoke(2, step: "b")
        #expect(dialogue.tell(.cancel(2)) == [.fault(2, "agent.interrupted")])
        #expect(dialogue.tell(.cancel(1)) == [.sent("cancel a")])
        #expect(dialogue.tell(.cancel(1)) == [])
        let reply = CallReply(
            Done(id: "a", ok: false, state: "Stopped", why: "cancel"), to: Dialogue.call("Get-CsCertificate"))
        #expect(reply.errors.first?.id == "Certfleet.Cancelled")
        #expect(dialogue.hear(.done(Done(id: "a", ok: false, why: "cancel"))) == [.done(1, false)])
    }

    @Test func `a call past its limit says so, one that finished in time does not`() {
        let call = Dialogue.call("Get-CsCertificate")
        let late = CallReply(Done(id: "a", ok: false, state: "Stopped", why: "limit"), to: call)
        #expect(
            late.errors == [
                CallError(
                    message: "Get-CsCertificate did not finish in 2m and was stopped", id: "Certfleet.LimitReached")
            ])
        #expect(CallReply(Done(id: "a", ok: true, why: "limit"), to: call).errors.isEmpty)
    }

    @Test func `the number that says most is taken from the chain of exceptions`() {
        func hresult(_ chain: [String]) -> String? {
            CallError(ErrorData(message: "x", exceptions: chain.map { .init(type: "t", hresult: $0) })).hresult
        }
        #expect(hresult(["0x80131501", "0x80070056"]) == "0x80070056")
        #expect(hresult(["0x80070056", "0x80131500"]) == "0x80070056")
        #expect(hresult(["0x80131501", "0x80131500"]) == "0x80131500")
        #expect(hresult([]) == nil)
    }

    @Test func `a ping goes out every heartbeat, call or no call`() {
        var dialogue = Dialogue.ready()
        #expect(dialogue.wait() == [.sent("ping 1")])
        #expect(dialogue.now == .seconds(30))
        _ = dialogue.invoke(1)
        _ = dialogue.hear(.pong(id: "1"))
        #expect(dialogue.wait() == [.sent("ping 2")])
        #expect(dialogue.now == .seconds(60))
    }

    @Test func `ninety seconds without a frame are a lost line`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "assign")
        #expect(dialogue.wait() == [.sent("ping 1")])
        #expect(dialogue.wait() == [.sent("ping 2")])
        #expect(dialogue.wait() == [.fault(1, "agent.silent"), .failed("agent.silent"), .closePipe])
        #expect(dialogue.now == .seconds(90))
        #expect(dialogue.conversation.endFault?.message == "no sign of life for 90s during assign")
        #expect(dialogue.conversation.endFault?.kind == .lost)
        #expect(dialogue.conversation.deadline == nil)
    }

    @Test func `progress is a sign of life and noise is none`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "a")
        for _ in 0..<3 {
            _ = dialogue.wait()
            _ = dialogue.hear(.progress(id: "a", text: "", status: "", percent: 1, milliseconds: 1))
        }
        #expect(dialogue.now == .seconds(90))
        for _ in 0..<3 {
            _ = dialogue.wait()
            _ = dialogue.tell(.output(Array("chatter\n".utf8)))
        }
        #expect(dialogue.conversation.ending == .lost)
    }

    @Test func `a coordinator that was itself asleep asks before it judges`() {
        var dialogue = Dialogue.ready()
        dialogue.now = .seconds(3600)
        #expect(dialogue.tell(.tick) == [.sent("ping 1")])
        #expect(dialogue.hear(.pong(id: "1")) == [])
        #expect(dialogue.wait() == [.sent("ping 2")])
    }

    @Test func `a call that only its agent outlives is given up after limit and graces`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1)
        while dialogue.conversation.ending == nil {
            _ = dialogue.wait()
            _ = dialogue.hear(.pong(id: "x"))
        }
        #expect(dialogue.now == .seconds(120 + 15 + 30 + 30))
        #expect(dialogue.conversation.ending == .stuck)
    }

    @Test func `a call that does not stop takes the agent with it`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "restart")
        _ = dialogue.tell(.cancel(1))
        #expect(dialogue.hear(.stuck(id: "restart", milliseconds: 15_000)) == [])
        #expect(
            dialogue.hear(.dead(id: "restart", milliseconds: 30_000)) == [
                .fault(1, "agent.stuck"), .failed("agent.stuck"), .closePipe,
            ])
        #expect(
            dialogue.conversation.endFault?.message
                == "Get-CsCertificate did not stop; PowerShell was ended during restart")
    }
}
