import AgentProtocol
import FleetModel
import Testing

@testable import RemoteAgent

struct EndTests {
    @Test func `a farewell is awaited and then the end of output`() {
        var dialogue = Dialogue.ready()
        #expect(dialogue.tell(.close) == [.sent("bye")])
        #expect(dialogue.tell(.close) == [])
        #expect(dialogue.hear(.bye(noise: "printed")) == [])
        #expect(dialogue.conversation.ending == .clean)
        #expect(dialogue.tell(.end(exitStatus: 0)) == [.closePipe])
        #expect(dialogue.conversation.collectedNoise == "printed")
        #expect(dialogue.invoke(9) == [.fault(9, "agent.closed")])
    }

    @Test func `an output that a grandchild keeps open is not awaited for long`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.tell(.close)
        _ = dialogue.hear(.bye(noise: ""))
        #expect(dialogue.wait() == [.closePipe])
        #expect(dialogue.now == .seconds(2))
        #expect(dialogue.conversation.ending == .clean)
    }

    @Test func `an agent that gives no farewell is left`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.tell(.close)
        #expect(dialogue.wait() == [.failed("agent.closed"), .closePipe])
        #expect(dialogue.conversation.ending == .killed)
    }

    @Test func `closing stops the running call before the farewell`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "a")
        _ = dialogue.invoke(2, step: "b")
        #expect(dialogue.tell(.close) == [.fault(2, "agent.closed"), .sent("cancel a")])
        #expect(dialogue.hear(.done(Done(id: "a", ok: false, why: "cancel"))) == [.done(1, false), .sent("bye")])
        #expect(dialogue.hear(.bye(noise: "")) == [])
        #expect(dialogue.tell(.end(exitStatus: 0)) == [.closePipe])
    }

    @Test func `an end without farewell is a crash with the last words`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "assign")
        _ = dialogue.tell(.errors(Array("#< CLIXML\n<Objs><S S=\"Error\">out of memory</S></Objs>".utf8)))
        #expect(
            dialogue.tell(.end(exitStatus: 96)) == [.fault(1, "agent.crashed"), .failed("agent.crashed"), .closePipe])
        let fault = dialogue.conversation.endFault
        #expect(fault?.kind == .lost)
        #expect(fault?.message == "PowerShell ended unexpectedly during assign")
        #expect(fault?.details == ["out of memory", "exit status 96: its output was broken"])
        #expect(fault?.hint == "certfleet runs resume")
    }

    @Test func `an exit code of zero without farewell is a crash all the same`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.tell(.end(exitStatus: 0))
        #expect(dialogue.conversation.ending == .crashed)
    }

    @Test func `a broken line during a step is an unknown outcome`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "assign")
        _ = dialogue.invoke(2, step: "later")
        #expect(
            dialogue.tell(.broken("reset by peer")) == [
                .fault(1, "agent.lost"), .fault(2, "agent.lost"), .failed("agent.lost"), .closePipe,
            ])
        #expect(dialogue.conversation.endFault?.message == "connection lost during assign: outcome unknown")
        #expect(dialogue.invoke(3) == [.fault(3, "agent.lost")])
        #expect(dialogue.tell(.end(exitStatus: nil)) == [])
    }

    @Test func `a pipe's own fault keeps its code, and says whose outcome is unknown`() {
        let fault = Fault("ssh.bastion-lost", .unreachable, "the bastion dmz was lost", hint: "see whether dmz is up")
        var running = Dialogue.ready()
        _ = running.invoke(1, step: "assign")
        #expect(
            running.tell(.broken("lost", fault)) == [
                .fault(1, "ssh.bastion-lost"), .failed("ssh.bastion-lost"), .closePipe,
            ])
        #expect(running.conversation.endFault?.kind == .lost)
        #expect(running.conversation.endFault?.message == "the bastion dmz was lost; outcome of assign unknown")
        #expect(running.conversation.endFault?.hint == "see whether dmz is up")
        var early = Dialogue()
        #expect(early.tell(.broken("lost", fault)) == [.failed("ssh.bastion-lost"), .closePipe])
        #expect(early.conversation.endFault?.kind == .unreachable)
    }

    @Test(arguments: [
        "{\"k\":\"done\"", "{\"k\":\"warp\"}", "{\"k\":\"done\",\"id\":\"other\",\"ok\":true,\"ran\":true}",
        "{\"k\":\"busy\",\"id\":\"a\",\"running\":\"b\"}", "{\"k\":\"error\",\"why\":\"unreadable\"}",
        "{\"k\":\"bye\"}",
        "{\"k\":\"hello\",\"v\":1}", "{\"k\":\"kept\",\"blob\":\"x\",\"bytes\":1}", "{\"k\":\"dead\",\"id\":\"none\"",
    ])
    func `what makes no sense ends the conversation and leaves the step unknown`(json: String) {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "assign")
        let bytes = Array("\n\u{1E}\(Dialogue.nonce)\(json)\n".utf8)
        #expect(
            dialogue.tell(.output(bytes)) == [.fault(1, "agent.protocol"), .failed("agent.protocol"), .closePipe])
        #expect(
            dialogue.conversation.endFault?.message
                == "agent sent something unreadable during assign; step outcome unknown")
    }

    @Test func `a frame that grows without end is a protocol error`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.tell(.output(Array("\n\u{1E}\(Dialogue.nonce){".utf8)))
        #expect(
            dialogue.tell(.output([UInt8](repeating: 0x20, count: AgentLimits.line + 2)))
                == [.failed("agent.protocol"), .closePipe])
    }

    @Test func `a forged frame changes nothing`() {
        var dialogue = Dialogue.ready()
        _ = dialogue.invoke(1, step: "a")
        let forged = try? AgentFrame.done(Done(id: "a", ok: true)).framed(nonce: String(Dialogue.nonce.reversed()))
        #expect(dialogue.tell(.output(forged ?? [])) == [])
        #expect(dialogue.hear(.done(Done(id: "a", ok: true))) == [.done(1, true)])
    }
}
