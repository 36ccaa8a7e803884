import AgentProtocol
package import FleetModel

/// One agent on one host, over a pipe.
///
/// A thin shell around ``Conversation``: it reads, writes and keeps time, and wakes whoever waits. Calls run one at a
/// time, in the order in which they were made. It must be closed; until then its tasks keep it alive.
package actor AgentSession: HostSession {
    private var conversation: Conversation
    private let pipe: AgentPipe
    private let elapsed: @Sendable () -> Duration
    /// Sleeps until this long after the start.
    private let sleep: @Sendable (Duration) async throws -> Void
    private let outgoing: AsyncStream<[UInt8]>
    private let outgoingEnd: AsyncStream<[UInt8]>.Continuation

    private var tasks: [Task<Void, Never>] = []
    private var alarm: (at: Duration, task: Task<Void, Never>)?
    private var callers: [Int: CheckedContinuation<Result<CallReply, Fault>, Never>] = [:]
    private var tickets = 0
    private var starter: CheckedContinuation<Fault?, Never>?
    private var started: Fault??
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var closing = false
    private var closed = false

    /// Delivers the script, waits for the greeting and loads the product's module.
    ///
    /// - Parameters:
    ///   - pipe: Input and output of the process that runs ``Bootstrap/commandLine``. It is closed when this throws.
    ///   - clock: Measures all limits.
    /// - Throws: ``Fault`` of kind `unreachable` or `failed` (codes `agent.…`), `lost` when the line breaks after the
    ///   greeting, `interrupted` when the task is cancelled.
    package static func start<C: Clock>(
        over pipe: AgentPipe, settings: AgentSettings, clock: C
    ) async throws -> AgentSession where C.Duration == Duration {
        let session = AgentSession(pipe: pipe, settings: settings, clock: clock)
        try await session.begin()
        return session
    }

    private init<C: Clock>(pipe: AgentPipe, settings: AgentSettings, clock: C) where C.Duration == Duration {
        conversation = Conversation(settings: settings, nonce: Self.newNonce())
        self.pipe = pipe
        let start = clock.now
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
        (outgoing, outgoingEnd) = AsyncStream.makeStream()
    }

    // MARK: - HostSession

    package var greeting: HostGreeting {
        let hello = conversation.hello
        return HostGreeting(
            holder: hello?.holder?.text, powerShell: hello?.powerShell ?? "", account: hello?.user ?? "")
    }

    package func invoke(_ call: CmdletCall) async throws -> CallReply {
        if Task.isCancelled { throw Fault.interrupted }
        tickets += 1
        let ticket = tickets
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                callers[ticket] = caller
                deliver(.call(ticket, call))
            }
        } onCancel: {
            Task { await self.deliver(.cancel(ticket)) }
        }
        return try result.get()
    }

    package func close() async {
        deliver(.close)
        guard !closed else { return }
        await withCheckedContinuation { closers.append($0) }
    }

    // MARK: - For the wiring

    /// How it ended; `nil` while it lasts.
    package var ending: AgentEnding? { conversation.ending }
    /// Warnings of the greeting: `agent.clock`, `agent.noise`.
    package var warnings: [Fault] { conversation.warnings }
    /// What the server printed beside our frames, for the log: at most 64 KiB, no secret of ours.
    package var noise: String {
        [CLIXML.plainText(conversation.scanner.noise.bytes), conversation.collectedNoise]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    // MARK: - Inside

    private func begin() async throws {
        tasks = [
            Task(executorPreference: pipe.executor) { await self.readAll() },
            Task(executorPreference: pipe.executor) { await self.writeAll() },
        ]
        do {
            perform(try conversation.opening())
        } catch {
            deliver(.abort)
            throw Fault("agent.too-large", .failed, "the list of commands does not fit into one line")
        }
        setAlarm()
        let fault = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let started { continuation.resume(returning: started) } else { starter = continuation }
            }
        } onCancel: {
            Task { await self.deliver(.abort) }
        }
        if let fault {
            await close()
            throw fault
        }
    }

    private func deliver(_ event: Conversation.Event) {
        perform(conversation.handle(event, at: elapsed()))
        setAlarm()
    }

    private func perform(_ actions: [Conversation.Action]) {
        for action in actions {
            switch action {
            case .write(let bytes): outgoingEnd.yield(bytes)
            case .ready: answerStarter(nil)
            case .failed(let fault): answerStarter(fault)
            case .finish(let ticket, let result): callers.removeValue(forKey: ticket)?.resume(returning: result)
            case .closePipe: shutDown()
            }
        }
    }

    private func answerStarter(_ fault: Fault?) {
        guard started == nil else { return }
        started = .some(fault)
        starter?.resume(returning: fault)
        starter = nil
    }

    private func shutDown() {
        guard !closing else { return }
        closing = true
        outgoingEnd.finish()
        alarm?.task.cancel()
        for task in tasks { task.cancel() }
        Task(executorPreference: pipe.executor) {
            await self.pipe.close()
            await self.pipeIsClosed()
        }
    }

    private func pipeIsClosed() {
        closed = true
        for closer in closers { closer.resume() }
        closers = []
    }

    private nonisolated func readAll() async {
        while !Task.isCancelled {
            do {
                switch try await pipe.read() {
                case .output(let bytes): await deliver(.output(bytes))
                case .errors(let bytes): await deliver(.errors(bytes))
                case .end(let status): return await deliver(.end(exitStatus: status))
                }
            } catch {
                return await deliver(.broken(Self.words(error), error as? Fault))
            }
        }
    }

    private nonisolated func writeAll() async {
        for await bytes in outgoing {
            do {
                try await pipe.write(bytes)
            } catch {
                // A process that ended by itself closes its input first: why it ended stands in its output.
                return
            }
        }
    }

    /// One sleeper at a time, for the earliest deadline; waking too early does no harm.
    private func setAlarm() {
        guard let deadline = conversation.deadline, !closing else { return }
        if let alarm, alarm.at <= deadline { return }
        alarm?.task.cancel()
        let sleep = sleep
        let task = Task(executorPreference: pipe.executor) {
            do { try await sleep(deadline) } catch { return }
            await self.alarmRang()
        }
        alarm = (deadline, task)
    }

    private func alarmRang() {
        alarm = nil
        deliver(.tick)
    }

    private static func words(_ error: any Error) -> String {
        (error as? Fault).map(\.message) ?? "\(error)"
    }

    private static func newNonce() -> String {
        var source = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &source), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
