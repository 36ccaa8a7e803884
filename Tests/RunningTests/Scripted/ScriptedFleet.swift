import FleetModel
import Synchronization

/// Pretend servers behind the port through which hosts are reached.
final class ScriptedFleet: HostConnecting {
    let servers: [String: FakeServer]
    private let listener: Mutex<@Sendable (String, CmdletCall) async -> Void> = Mutex { _, _ in }
    private let log = Mutex<[String]>([])
    private let agents = Mutex((now: 0, most: 0))

    init(servers: [FakeServer]) {
        self.servers = Dictionary(uniqueKeysWithValues: servers.map { ($0.host.name, $0) })
    }

    /// `host step` of all calls in the order in which they arrived.
    var calls: [String] { log.withLock { $0 } }

    /// How many agents there have been at the same time.
    var mostAgents: Int { agents.withLock { $0.most } }

    /// Happens when a call arrives, before it is carried out.
    func onCall(_ body: @escaping @Sendable (_ host: String, _ call: CmdletCall) async -> Void) {
        listener.withLock { $0 = body }
    }

    func connect(_ host: Host, in pool: Pool, reason: String) async throws -> any HostSession {
        guard let server = servers[host.name] else {
            throw Fault("ssh.unknown", .unreachable, host: host.name, "no such server")
        }
        let greeting = try await server.greet()
        agents.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        let ended: @Sendable () -> Void = { [self] in agents.withLock { $0.now -= 1 } }
        return ScriptedSession(server: server, greeting: greeting, whenEnded: ended) { [self] call in
            log.withLock { $0.append("\(host.name) \(call.step)") }
            await listener.withLock { $0 }(host.name, call)
        }
    }
}

/// One agent on a pretend server.
actor ScriptedSession: HostSession {
    let server: FakeServer
    let greeting: HostGreeting
    private let arrived: @Sendable (CmdletCall) async -> Void
    private let whenEnded: @Sendable () -> Void
    private var ended = false

    init(
        server: FakeServer, greeting: HostGreeting, whenEnded: @escaping @Sendable () -> Void,
        arrived: @escaping @Sendable (CmdletCall) async -> Void
    ) {
        self.server = server
        self.whenEnded = whenEnded
        self.greeting = greeting
        self.arrived = arrived
    }

    func invoke(_ call: CmdletCall) async throws -> CallReply {
        if Task.isCancelled { throw Fault("agent.interrupted", .interrupted, "stopped before it began") }
        guard !ended else { throw Fault("agent.gone", .lost, host: server.host.name, "the agent is gone") }
        await arrived(call)
        if Task.isCancelled { return CallReply(succeeded: false, errors: [CallError(message: "stopped")]) }
        do {
            return try await server.call(call)
        } catch {
            await close()
            throw error
        }
    }

    func close() async {
        guard !ended else { return }
        ended = true
        if greeting.holder == nil { await server.agentEnded() }
        whenEnded()
    }
}
