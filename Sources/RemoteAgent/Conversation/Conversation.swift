import AgentProtocol
import FleetModel

/// The conversation with one agent, without I/O: events go in, actions come out.
///
/// Times are durations since the conversation began, given with each event. The order of actions is the order in
/// which they must be carried out.
struct Conversation: Sendable {
    typealias Ticket = Int

    enum Event: Sendable {
        case output([UInt8])
        case errors([UInt8])
        case end(exitStatus: Int32?)
        /// Reading or writing failed; with the pipe's own fault where it has one.
        case broken(String, Fault? = nil)
        case call(Ticket, CmdletCall)
        case cancel(Ticket)
        case close
        /// Give up at once, whatever happens.
        case abort
        /// The deadline has come, or another event was worth a look at the clock.
        case tick
    }

    enum Action: Sendable {
        case write([UInt8])
        /// The product's module is loaded: calls are welcome.
        case ready
        /// The conversation is over; before `ready` it never began.
        case failed(Fault)
        case finish(Ticket, Result<CallReply, Fault>)
        case closePipe
    }

    enum Phase: Sendable {
        case greeting(until: Duration)
        case loading
        case ready
        /// `bye` was sent, or will be when the cancelled call has ended.
        case parting(until: Duration)
        /// The agent has said `bye`; its output should end.
        case leaving(until: Duration)
        case ended
    }

    struct Running: Sendable {
        var ticket: Ticket
        var call: CmdletCall
        /// Blobs that were put for it, with the sizes that the agent must arrive at.
        var blobs: [String: Int]
        /// When the agent should long have ended this call or itself.
        var until: Duration
        var cancelled = false
    }

    static let importTicket: Ticket = -1

    let settings: AgentSettings
    let start: StartLine
    var phase: Phase
    var scanner: FrameScanner
    var standardError = KeptTail()
    /// The very first of stderr, which a flood would push out of the tail.
    var firstErrors: [UInt8] = []
    var exitStatus: Int32?
    var running: Running?
    var waiting: [(ticket: Ticket, call: CmdletCall)] = []
    var hello: Hello?
    /// Things worth saying that stop nothing: `agent.clock`, `agent.noise`.
    var warnings: [Fault] = []
    var ending: AgentEnding?
    var endFault: Fault?
    /// What was printed beside the frames, as the agent collected it.
    var collectedNoise = ""

    var lastHeard: Duration = .zero
    var lastPing: Duration = .zero
    var unanswered = 0
    private var pings = 0

    init(settings: AgentSettings, nonce: String) {
        self.settings = settings
        start = StartLine(
            nonce: nonce, allow: settings.allowed, silence: settings.agentSilenceLimit, stuck: settings.stuckLimit,
            dead: settings.deadLimit, hold: settings.waitForHolder, reason: settings.reason)
        scanner = FrameScanner(nonce: nonce)
        phase = .greeting(until: settings.helloLimit + settings.waitForHolder)
    }

    /// What to send first: the script and the start line.
    func opening() throws -> [Action] {
        [.write(ScriptDelivery.bytes(of: settings.script)), .write(try start.line().bytes)]
    }

    /// When a `tick` is due next; `nil` when all is over.
    var deadline: Duration? {
        switch phase {
        case .greeting(let until), .parting(let until), .leaving(let until): return until
        case .loading, .ready:
            let silence = lastHeard + settings.silenceLimit
            let ping = lastPing + settings.heartbeat
            let patient = unanswered < settings.pingsBeforeSilence && silence < ping
            return min(patient ? ping : min(silence, ping), running?.until ?? ping)
        case .ended: return nil
        }
    }

    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        if case .ended = phase { return afterTheEnd(event) }
        switch event {
        case .output(let bytes): return output(bytes, at: now)
        case .errors(let bytes):
            standardError.append(bytes)
            firstErrors += bytes.prefix(max(0, 2048 - firstErrors.count))
            return []
        case .end(let status):
            exitStatus = status
            return ended(cause: nil)
        case .broken(let cause, let fault): return ended(cause: cause, fault)
        case .call(let ticket, let call): return enqueue(ticket, call, at: now)
        case .cancel(let ticket): return cancel(ticket)
        case .close: return part(at: now)
        case .abort: return fail(.interrupted, .killed)
        case .tick: return tick(at: now)
        }
    }

    private func afterTheEnd(_ event: Event) -> [Action] {
        if case .call(let ticket, _) = event { return [.finish(ticket, .failure(endFault ?? .closed))] }
        return []
    }

    // MARK: - What comes from the agent

    private mutating func output(_ bytes: [UInt8], at now: Duration) -> [Action] {
        var actions: [Action] = []
        do {
            for json in try scanner.feed(bytes) {
                let frame = try AgentFrame(json: json)
                lastHeard = now
                unanswered = 0
                actions += hear(frame, at: now)
                if case .ended = phase { break }
            }
        } catch {
            actions += fail(.protocolBroken("\(error)", during: step), .lost)
        }
        return actions
    }

    private mutating func hear(_ frame: AgentFrame, at now: Duration) -> [Action] {
        switch phase {
        case .greeting:
            guard case .hello(let hello) = frame else { return unexpected(frame) }
            return greet(hello, at: now)
        case .loading, .ready: return converse(frame, at: now)
        case .parting: return partingWord(frame, at: now)
        case .leaving, .ended: return []
        }
    }

    private mutating func converse(_ frame: AgentFrame, at now: Duration) -> [Action] {
        switch frame {
        case .done(let done):
            guard let running, running.call.step == done.id else { return unexpected(frame) }
            return finish(done, at: now)
        case .kept(let blob, let bytes):
            guard let expected = running?.blobs[blob], bytes <= expected else { return unexpected(frame) }
            return []
        case .dead:
            guard let running else { return unexpected(frame) }
            return fail(.stuck(running.call), .stuck)
        case .progress, .pong, .stuck: return []
        case .hello, .busy, .error, .bye: return unexpected(frame)
        }
    }

    private mutating func partingWord(_ frame: AgentFrame, at now: Duration) -> [Action] {
        switch frame {
        case .bye(let noise):
            collectedNoise = noise
            ending = .clean
            phase = .leaving(until: now + settings.farewellLimit)
            return []
        case .done(let done):
            guard let running, running.call.step == done.id else { return [] }
            self.running = nil
            phase = .parting(until: now + settings.farewellLimit)
            return [.finish(running.ticket, .success(CallReply(done, to: running.call)))] + send(.bye)
        case .dead:
            guard let running else { return [] }
            return fail(.stuck(running.call), .stuck)
        default: return []
        }
    }

    private mutating func unexpected(_ frame: AgentFrame) -> [Action] {
        let what =
            switch frame {
            case .hello: "a second greeting"
            case .done(let done): "the end of '\(done.id)', which is not running"
            case .busy(_, let running): "busy with '\(running)'"
            case .error(let why, let text): "it calls a line of ours \(why): \(text)"
            case .bye: "a farewell that nobody asked for"
            case .kept(let blob, _): "a wrong size of blob '\(blob)'"
            default: "a frame out of turn"
            }
        return fail(.protocolBroken(what, during: step), .lost)
    }

    /// Output ended or the line broke.
    private mutating func ended(cause: String?, _ fault: Fault? = nil) -> [Action] {
        switch phase {
        case .greeting:
            if var fault {
                fault.kind = .unreachable
                return fail(fault, .refused)
            }
            return fail(
                .notStarted(
                    errors: firstErrors, noise: scanner.noise.bytes, exitStatus: exitStatus, cause: cause), .refused)
        case .loading, .ready, .parting:
            if let fault { return fail(.lost(during: step, by: fault), .lost) }
            if let cause { return fail(.lost(during: step, cause: cause), .lost) }
            return fail(
                .crashed(during: step, errors: standardError.bytes, exitStatus: exitStatus), .crashed)
        case .leaving, .ended: return over()
        }
    }

    private mutating func tick(at now: Duration) -> [Action] {
        switch phase {
        case .greeting(let until): return now < until ? [] : fail(.noHello(after: until), .refused)
        case .parting(let until): return now < until ? [] : fail(.closed, .killed)
        case .leaving(let until): return now < until ? [] : over()
        case .ended: return []
        case .loading, .ready:
            if let running, now >= running.until { return fail(.stuck(running.call), .stuck) }
            if now - lastHeard >= settings.silenceLimit, unanswered >= settings.pingsBeforeSilence {
                return fail(.silent(for: settings.silenceLimit, during: step), .lost)
            }
            guard now - lastPing >= settings.heartbeat else { return [] }
            lastPing = now
            unanswered += 1
            pings += 1
            return send(.ping(id: "\(pings)"))
        }
    }

    // MARK: - Ends

    /// The step that runs, for messages.
    var step: String? { running?.call.step }

    /// Everything is over for a reason; whoever waits is told.
    mutating func fail(_ fault: Fault, _ ending: AgentEnding) -> [Action] {
        var fault = fault
        // Nothing has been asked of the server yet, so nothing is unknown.
        if case .loading = phase, fault.kind == .lost { fault.kind = .unreachable }
        endFault = endFault ?? fault
        self.ending = ending
        let tickets = (running.map { [$0.ticket] } ?? []) + waiting.map(\.ticket)
        running = nil
        waiting = []
        phase = .ended
        return tickets.filter { $0 != Self.importTicket }.map { .finish($0, .failure(fault)) }
            + [.failed(fault), .closePipe]
    }

    private mutating func over() -> [Action] {
        phase = .ended
        return [.closePipe]
    }

    /// A frame as an action. Only calls can be too long, and those are checked where they are made.
    func send(_ frame: CoordinatorFrame) -> [Action] {
        (try? frame.line()).map { [.write($0.bytes)] } ?? []
    }
}
