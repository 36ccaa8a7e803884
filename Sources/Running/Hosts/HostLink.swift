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
    /// The end of the former agent, while it is on its way.
    private var ending: Task<Void, Never>?
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
        if let session {
            self.session = nil
            ending = Task { await session.close() }
        }
        await ending?.value
    }

    /// Starts an agent, waiting for a former one to go: it may still be working, and then nothing may be judged.
    private func start() async throws {
        await ending?.value
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
///
/// There may be more hosts than can be connected at once: whoever uses one has a place meanwhile, and waits for it first.
package actor HostLinks {
    private var links: [String: HostLink] = [:]
    private var places: LinkPlaces
    private var waiting: [Int: CheckedContinuation<String?, any Error>] = [:]
    private var nextID = 0
    private let connector: any HostConnecting
    private let sink: any EventSink
    private let clock: any Clock<Duration>
    private let reason: String

    /// - Parameter places: How many hosts can be connected at once.
    package init(
        connector: any HostConnecting, sink: any EventSink, clock: any Clock<Duration>, reason: String,
        places: Int = .max
    ) {
        self.places = LinkPlaces(places)
        self.connector = connector
        self.sink = sink
        self.clock = clock
        self.reason = reason
    }

    /// Does something over the link to a host; its agent stays at least as long.
    ///
    /// When all places are taken, the agent that has been idle longest is ended for this one; when none is idle, this
    /// waits. Uses of several hosts are not to be nested: they would wait for each other.
    /// - Throws: What `body` throws; `CancellationError` when the task is cancelled while it waits.
    package nonisolated(nonsending) func using<Value>(
        _ host: Host, in pool: Pool, _ body: nonisolated(nonsending) (HostLink) async throws -> Value
    ) async throws -> Value {
        let link = try await take(host, in: pool)
        do {
            let value = try await body(link)
            await give(host)
            return value
        } catch {
            await give(host)
            throw error
        }
    }

    private func take(_ host: Host, in pool: Pool) async throws -> HostLink {
        nextID += 1
        let id = nextID
        let leaving: String?
        switch places.take(host.name, id: id) {
        case .granted(let other): leaving = other
        case .mustWait: leaving = try await turn(id)
        }
        // Its end is waited for: only then is there room.
        if let leaving { await links[leaving]?.close() }
        return link(to: host, in: pool)
    }

    private func turn(_ id: Int) async throws -> String? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                waiting[id] = $0
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) {
        guard let continuation = waiting.removeValue(forKey: id) else { return }
        places.giveUp(id)
        continuation.resume(throwing: CancellationError())
    }

    private func give(_ host: Host) {
        for grant in places.give(host.name) {
            waiting.removeValue(forKey: grant.id)?.resume(returning: grant.leaving)
        }
    }

    private func link(to host: Host, in pool: Pool) -> HostLink {
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
        places.clear()
    }
}
