package import FleetModel

/// The one agent of one host in a run: started when first needed, shared by survey and changes, joined again after a
/// lost line.
package actor HostLink {
    package nonisolated let host: Host
    package nonisolated let pool: Pool
    private let connector: any HostConnecting
    private let sink: any EventSink
    private let clock: any Clock<Duration>
    private var session: (any HostSession)?
    /// Counts the agents; what an agent kept (its folders) is gone with it.
    package private(set) var epoch = 0
    private var reason: String

    package init(
        host: Host, pool: Pool, connector: any HostConnecting, sink: any EventSink, clock: any Clock<Duration>,
        reason: String
    ) {
        self.host = host
        self.pool = pool
        self.connector = connector
        self.sink = sink
        self.clock = clock
        self.reason = reason
    }

    /// True while an agent runs, as far as is known.
    package var isJoined: Bool { session != nil }

    /// Makes sure that an agent runs.
    package func ensure() async throws {
        if session == nil { try await start() }
    }

    /// Makes one call. After a lost line the agent counts as gone; the next call starts another.
    package func invoke(_ call: CmdletCall) async throws -> CallReply {
        try await ensure()
        guard let session else { throw Fault("agent.gone", .lost, host: host.name, "the agent is gone") }
        do {
            return try await session.invoke(call)
        } catch let fault as Fault where fault.kind == .lost {
            self.session = nil
            reason = "joined again: \(fault.message) during \(call.step)"
            await session.close()
            throw fault.on(host.name)
        }
    }

    /// Ends the agent in order.
    package func close() async {
        let ending = session
        session = nil
        await ending?.close()
    }

    /// Starts an agent, waiting for a former one to go: it may still be working, and then nothing may be judged.
    private func start() async throws {
        let deadline = host.deadlines.hello + .seconds(5)
        var waited = Duration.zero
        while true {
            let fresh = try await connector.connect(host, in: pool, reason: reason)
            do {
                try await sink.record(.agentBegan(host: host.name, reason: reason))
            } catch {
                await fresh.close()
                throw error
            }
            guard let holder = await fresh.greeting.holder else {
                session = fresh
                epoch += 1
                return
            }
            await fresh.close()
            guard waited < deadline else {
                throw Fault(
                    "agent.held", .failed, host: host.name, "another certfleet process (\(holder)) holds this server",
                    hint: "wait for the other run to end; certfleet runs list shows it, if it is one of this project")
            }
            try await clock.sleep(for: .seconds(1))
            waited += .seconds(1)
            reason = "waiting for the former agent to go (\(holder))"
        }
    }
}

/// All links of a run, one per host.
package actor HostLinks {
    private var links: [String: HostLink] = [:]
    private let connector: any HostConnecting
    private let sink: any EventSink
    private let clock: any Clock<Duration>
    private let reason: String

    package init(connector: any HostConnecting, sink: any EventSink, clock: any Clock<Duration>, reason: String) {
        self.connector = connector
        self.sink = sink
        self.clock = clock
        self.reason = reason
    }

    package func link(to host: Host, in pool: Pool) -> HostLink {
        if let known = links[host.name] { return known }
        let fresh = HostLink(
            host: host, pool: pool, connector: connector, sink: sink, clock: clock, reason: reason)
        links[host.name] = fresh
        return fresh
    }

    /// Ends all agents, side by side.
    package func closeAll() async {
        await withTaskGroup(of: Void.self) { group in
            for link in links.values { group.addTask { await link.close() } }
        }
        links = [:]
    }
}
