import AgentProtocol
import FleetModel
import FoundationEssentials

/// From the greeting to the farewell: what we ask of the agent.
extension Conversation {
    /// Judges the greeting and starts the import of the product's module.
    mutating func greet(_ hello: Hello, at now: Duration) -> [Action] {
        self.hello = hello
        lastPing = now
        if let fault = refusal(of: hello) { return fail(fault, .refused) }
        if !scanner.noise.isEmpty { warnings.append(.noisy(scanner.noise.bytes)) }
        if let theirs = secondsSince1970(utc: hello.utc) {
            let off = theirs - Int(settings.wallClock().timeIntervalSince1970)
            if abs(off) > 120 { warnings.append(.clockOff(by: off)) }
        }
        guard let module = settings.module else {
            phase = .ready
            return [.ready] + next(at: now)
        }
        phase = .loading
        return run(
            Self.importTicket,
            CmdletCall(
                step: "module", cmdlet: String(module.importCommand.split(separator: "\\").last ?? ""),
                parameters: [("Name", .string(module.name))], select: [], limit: settings.moduleLimit),
            as: module.importCommand, at: now)
    }

    private func refusal(of hello: Hello) -> Fault? {
        guard hello.version == AgentLimits.version else { return .wrongVersion(hello.version) }
        if let major = Int(hello.powerShell.prefix { $0 != "." }), major < 3 {
            return .powerShellTooOld(hello.powerShell)
        }
        guard hello.echo == start.echo else { return .echoBroken(sent: start.echo, received: hello.echo) }
        guard hello.languageMode == "FullLanguage" else { return .constrainedLanguage(hello.languageMode) }
        guard hello.broken.isEmpty else { return .functionsBroken(hello.broken) }
        if settings.refuseWhenHeld, let holder = hello.holder { return .held(by: holder.text) }
        return nil
    }

    mutating func enqueue(_ ticket: Ticket, _ call: CmdletCall, at now: Duration) -> [Action] {
        switch phase {
        case .parting, .leaving: return [.finish(ticket, .failure(.closed))]
        default:
            waiting.append((ticket, call))
            return next(at: now)
        }
    }

    /// Starts the next call when none runs.
    mutating func next(at now: Duration) -> [Action] {
        var actions: [Action] = []
        while case .ready = phase, running == nil, !waiting.isEmpty {
            let (ticket, call) = waiting.removeFirst()
            if let command = settings.commands[call.cmdlet] {
                actions += run(ticket, call, as: command, at: now)
            } else {
                actions.append(.finish(ticket, .failure(.notAllowed(call.cmdlet))))
            }
        }
        return actions
    }

    private mutating func run(_ ticket: Ticket, _ call: CmdletCall, as command: String, at now: Duration) -> [Action] {
        var lines: [WireLine] = []
        var blobs: [String: Int] = [:]
        var parameters = call.parameters
        do {
            for (index, parameter) in parameters.enumerated() {
                guard case .bytes(let data) = parameter.value, data.count > AgentLimits.inlineBytes else { continue }
                let blob = "\(call.step)-\(index)"
                blobs[blob] = data.count
                parameters[index].value = .blob(blob)
                lines += try CoordinatorFrame.puts(blob: blob, data: data).map { try $0.line() }
            }
            let invocation = CoordinatorFrame.Invocation(
                id: call.step, command: command, parameters: parameters, select: call.select, limit: call.limit)
            lines.append(try CoordinatorFrame.invoke(invocation).line())
        } catch {
            return [.finish(ticket, .failure(.tooLarge(call)))]
        }
        // The agent enforces the limit itself; ours only stands behind it, for an agent that still pongs and no more.
        let until = now + call.limit + settings.stuckLimit + settings.deadLimit + settings.heartbeat
        running = Running(ticket: ticket, call: call, blobs: blobs, until: until)
        return lines.map { .write($0.bytes) }
    }

    /// Takes the answer to the running call and starts the next.
    mutating func finish(_ done: Done, at now: Duration) -> [Action] {
        guard let ended = running else { return [] }
        running = nil
        let drops = ended.blobs.keys.sorted().flatMap { send(.drop(blob: $0)) }
        let reply = CallReply(done, to: ended.call)
        guard ended.ticket == Self.importTicket else {
            return drops + [.finish(ended.ticket, .success(reply))] + next(at: now)
        }
        if !reply.succeeded, let module = settings.module { return moduleMissing(module, reply, at: now) }
        phase = .ready
        return [.ready] + next(at: now)
    }

    /// The agent is well but useless here: tell whoever waits, and say goodbye in order.
    private mutating func moduleMissing(_ module: ProductModule, _ reply: CallReply, at now: Duration) -> [Action] {
        let fault = Fault.moduleNotLoaded(module, reply: reply)
        endFault = fault
        let refused = waiting.map { Action.finish($0.ticket, .failure(fault)) }
        waiting = []
        phase = .parting(until: now + settings.farewellLimit)
        return refused + [.failed(fault)] + send(.bye)
    }

    /// Asks the agent to stop the running call, or forgets a waiting one.
    mutating func cancel(_ ticket: Ticket) -> [Action] {
        if let index = waiting.firstIndex(where: { $0.ticket == ticket }) {
            waiting.remove(at: index)
            return [.finish(ticket, .failure(.interrupted))]
        }
        guard let current = running, current.ticket == ticket, !current.cancelled else { return [] }
        running?.cancelled = true
        return send(.cancel(id: current.call.step))
    }

    /// Ends in order: a running call is stopped first, for `bye` ends the process at once.
    mutating func part(at now: Duration) -> [Action] {
        switch phase {
        case .greeting, .loading: return fail(.closed, .killed)
        case .parting, .leaving, .ended: return []
        case .ready: break
        }
        let dropped = waiting.map { Action.finish($0.ticket, .failure(.closed)) }
        waiting = []
        guard let running else {
            phase = .parting(until: now + settings.farewellLimit)
            return dropped + send(.bye)
        }
        phase = .parting(until: now + settings.stuckLimit + settings.deadLimit + settings.farewellLimit)
        return dropped + cancel(running.ticket)
    }
}

extension Hello.Holder {
    /// For people: `process 4312 since 2026-01-31T00:00:00Z`.
    var text: String {
        (pid > 0 ? "process \(pid)" : "process unknown") + (since.isEmpty ? "" : " since \(since)")
    }
}
