import AgentProtocol
import FleetModel
import FoundationEssentials
import Testing
import TestSupport

@testable import RemoteAgent

@Suite(.timeLimit(.minutes(5)))
struct SessionTests {
    var settings: AgentSettings {
        var settings = Dialogue.settings
        settings.module = .module("Lync")
        return settings
    }

    @Test func `a whole session from script to farewell`() async throws {
        let agent = MemoryAgent(piece: 1, MemoryAgent.polite)
        let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
        #expect(await session.greeting == HostGreeting(powerShell: "5.1.14393.0", account: "CORP\\svc"))
        #expect(await session.warnings.map(\.code) == ["agent.noise"])
        async let first = session.invoke(Dialogue.call("Get-CsCertificate", step: "a"))
        async let second = session.invoke(Dialogue.call("Set-CsCertificate", step: "b"))
        #expect(try await first.output == [.string("Lync\\Get-CsCertificate")])
        #expect(try await second.output == [.string("Lync\\Set-CsCertificate")])
        var large = Dialogue.call("Set-CsCertificate", step: "c")
        large.parameters = [("RawData", .bytes(Data(count: 200_000)))]
        #expect(try await session.invoke(large).succeeded)
        await session.close()
        await session.close()
        #expect(await session.ending == .clean)
        #expect(agent.isClosed)
        #expect(await session.noise == "profile")
        await #expect(throws: Fault.closed) { try await session.invoke(Dialogue.call("Get-CsCertificate")) }
    }

    @Test func `each session has a nonce of its own`() async throws {
        var nonces: Set<String> = []
        for _ in 0..<3 {
            let agent = MemoryAgent(MemoryAgent.polite)
            let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
            nonces.insert(try #require(agent.start).nonce)
            await session.close()
        }
        #expect(nonces.count == 3)
    }

    @Test func `a process that dies before its greeting is told with its last words and the pipe closed`() async {
        let agent = MemoryAgent { _, _ in [.complain("'powershell.exe' is not recognized\r\n"), .exit(1)] }
        await #expect {
            _ = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
        } throws: {
            ($0 as? Fault)?.message == "PowerShell did not start: 'powershell.exe' is not recognized"
        }
        #expect(agent.isClosed)
    }

    @Test func `a module that does not load ends the session in order`() async {
        let agent = MemoryAgent { frame, start in
            guard case .invoke(let call) = frame else { return MemoryAgent.polite(frame, start) }
            return [.say(.done(Done(id: call.id, ok: false, errors: [ErrorData(message: "no such module")])))]
        }
        await #expect {
            _ = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
        } throws: {
            ($0 as? Fault)?.message == "Lync cannot be loaded on this server: no such module"
        }
        #expect(agent.isClosed)
        guard case .bye = agent.frames.last else { return #expect(Bool(false), "no farewell") }
    }

    @Test func `no greeting by the deadline ends the wait`() async {
        let clock = ManualClock()
        let agent = MemoryAgent { _, _ in
            clock.advance(by: .seconds(60))
            return []
        }
        await #expect {
            _ = try await AgentSession.start(over: agent.pipe, settings: settings, clock: clock)
        } throws: {
            ($0 as? Fault)?.code == "agent.no-hello"
        }
        #expect(agent.isClosed)
    }

    @Test func `a line that falls silent in the middle of a call loses it`() async throws {
        let clock = ManualClock()
        let agent = MemoryAgent { frame, start in
            switch frame {
            // Deaf from the first call on; each of our words finds the clock a heartbeat further.
            case .invoke(let call) where call.id != "module":
                clock.advance(by: .seconds(30))
                return []
            case .ping:
                clock.advance(by: .seconds(30))
                return []
            default: return MemoryAgent.polite(frame, start)
            }
        }
        let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: clock)
        await #expect {
            _ = try await session.invoke(Dialogue.call("Set-CsCertificate", step: "assign"))
        } throws: {
            ($0 as? Fault)?.message == "no sign of life for 90s during assign"
        }
        await session.close()
        #expect(await session.ending == .lost)
        #expect(agent.isClosed)
    }

    @Test func `a cut in the middle of an answer loses the call`() async throws {
        let agent = MemoryAgent { frame, start in
            guard case .invoke(let call) = frame, call.id != "module" else { return MemoryAgent.polite(frame, start) }
            return [.print("\n\u{1E}\(start.nonce){\"k\":\"done\",\"id\":\"assi"), .exit(nil)]
        }
        let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
        await #expect {
            _ = try await session.invoke(Dialogue.call("Set-CsCertificate", step: "assign"))
        } throws: {
            ($0 as? Fault)?.code == "agent.crashed" && ($0 as? Fault)?.kind == .lost
        }
        await session.close()
    }

    @Test func `cancelling the task stops the cmdlet and brings its answer`() async throws {
        let (begun, mark) = AsyncStream<Void>.makeStream()
        let agent = MemoryAgent { frame, start in
            guard case .invoke(let call) = frame, call.id != "module" else { return MemoryAgent.polite(frame, start) }
            mark.yield()
            return []
        }
        let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock())
        let call = Task { try await session.invoke(Dialogue.call("Set-CsCertificate", step: "restart")) }
        _ = await begun.first { true }
        call.cancel()
        let reply = try await call.value
        #expect(!reply.succeeded && reply.errors.first?.id == "Certfleet.Cancelled")
        await session.close()
        #expect(await session.ending == .clean)
    }

    @Test func `cancelling the start closes the pipe`() async throws {
        let (begun, mark) = AsyncStream<Void>.makeStream()
        let agent = MemoryAgent { _, _ in
            mark.yield()
            return []
        }
        let settings = settings
        let start = Task { try await AgentSession.start(over: agent.pipe, settings: settings, clock: ManualClock()) }
        _ = await begun.first { true }
        start.cancel()
        await #expect {
            _ = try await start.value
        } throws: {
            ($0 as? Fault)?.kind == .interrupted
        }
        #expect(agent.isClosed)
    }

    @Test func `heartbeats go on while nothing is asked`() async throws {
        let clock = ManualClock()
        let (pings, mark) = AsyncStream<Void>.makeStream()
        let agent = MemoryAgent { frame, start in
            if case .ping = frame { mark.yield() }
            return MemoryAgent.polite(frame, start)
        }
        let session = try await AgentSession.start(over: agent.pipe, settings: settings, clock: clock)
        for _ in 0..<2 {
            clock.advance(by: .seconds(30))
            _ = await pings.first { true }
        }
        #expect(await session.ending == nil)
        await session.close()
        #expect(await session.ending == .clean)
    }
}
