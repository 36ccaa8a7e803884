import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Carries out one step: intent, call, proof, outcome.
struct StepRunner {
    let tools: RunTools
    let captures: CaptureStore
    /// By certificate key.
    let orders: [String: CertificateOrder]
    /// The order's birth member, whose captures all members see.
    let shared: Bool

    /// - Parameters:
    ///   - unknown: The step was begun before and nobody knows how it ended: look before doing.
    ///   - again: An earlier attempt may have left something: clear it before doing.
    /// - Throws: ``Fault``, or ``StepList/Ending`` when the order rests.
    func perform(
        _ planned: PlannedStep, link: HostLink, unknown: Bool, again: Bool, position: (Int, Int)
    ) async throws {
        let step = planned.step
        let values = await references(planned)
        let title = (try? values.text(step.title)) ?? step.title
        try await tools.sink.record(.stepBegan(planned.key, title: title, number: position.0, of: position.1))
        guard step.changes else { return try await read(planned, link: link, references: values) }

        if unknown, let found = try await look(planned, link: link, references: values) {
            return try await finish(planned, .foundDone, found)
        }
        if again, let clear = step.clear {
            let reply = try await invoke(clear, planned, suffix: "clear", link: link, references: values)
            try refuse(reply, planned)
        }
        let names = ["folder.name": planned.bindings["folder.name"]?.text].compactMapValues { $0 }
        let known = await captures.visible(scope: planned.scope, host: planned.key.host)
        let text = CallText.text(of: planned, captured: known)
        try await tools.sink.record(.intent(planned.key, call: text, names: names))
        let start = tools.now()
        do {
            let found = try await change(planned, link: link, references: values)
            try await finish(planned, .done, found, since: start)
        } catch let fault as Fault {
            // A call that was stopped in the middle may have done its work all the same.
            let unclear = fault.kind == .lost || fault.kind == .interrupted || Task.isCancelled
            let status: StepOutcome.Status = unclear ? .unknown : .failed
            try await tools.sink.record(.outcome(planned.key, StepOutcome(status, fault: fault.on(link.host.name))))
            throw fault
        }
    }

    /// Takes in what a former part of this run captured.
    func recall(_ planned: PlannedStep, outcome: StepOutcome?) async {
        guard let outcome else { return }
        await keep(CaptureForm.bound(outcome.captures), planned)
    }

    /// Drops what a step captured that is gone.
    func forget(_ planned: PlannedStep) async {
        await captures.forget(
            planned.step.allCaptures, scope: planned.scope, host: planned.key.host, shared: shared)
    }

    /// Is there a value for everything that the step's call needs?
    func isBound(_ planned: PlannedStep) async -> Bool {
        let values = await references(planned)
        let parameters =
            switch planned.step.operation {
            case .call(let template): template.parameters
            case .action(_, let inputs): inputs
            }
        return parameters.allSatisfy {
            (try? values.resolve($0)) != nil || $0.isOptional || values.secretName(of: $0) != nil
        }
    }

    // MARK: Reads

    private func read(_ planned: PlannedStep, link: HostLink, references: References) async throws {
        let start = tools.now()
        do {
            let found = try await polled(planned, link: link) {
                switch planned.step.operation {
                case .call(let template):
                    try await self.check(
                        ReadBack(
                            call: template, matching: planned.step.matching, captures: planned.step.captures,
                            expectations: planned.step.expectations), planned, suffix: nil, link: link)
                case .action(let action, let inputs):
                    Reading(captured: try await self.act(action, inputs: inputs, planned, link: link))
                }
            }
            try await finish(planned, .done, found, since: start)
        } catch let fault as Fault where fault.kind == .failed && planned.step.mayFail {
            try await tools.sink.record(
                .note(
                    host: link.host.name,
                    text: "\((try? references.text(planned.step.title)) ?? planned.key.step): \(fault.message)"))
        } catch let fault as Fault where fault.kind != .lost && fault.kind != .state {
            try await tools.sink.record(.outcome(planned.key, StepOutcome(.failed, fault: fault.on(link.host.name))))
            throw fault
        }
    }

    // MARK: Changes

    private func change(
        _ planned: PlannedStep, link: HostLink, references: References
    ) async throws -> Reading {
        let step = planned.step
        switch step.operation {
        case .action(let action, let inputs):
            return Reading(captured: try await act(action, inputs: inputs, planned, link: link))
        case .call(let template):
            var reply = try await invoke(template, planned, suffix: nil, link: link, references: references)
            if let forced = step.forced, reply.passedItsLimit {
                // The vendor's page: a graceful stop can last as long as the longest meeting; so a limit, then without.
                let waited = link.host.deadlines.drain.text
                try await tools.sink.record(
                    .note(
                        host: link.host.name,
                        text: "\(planned.key.step): not drained in \(waited), done without waiting"))
                reply = try await invoke(forced, planned, suffix: "forced", link: link, references: references)
            }
            try refuse(reply, planned)
            let output = try Matching(results: reply.output, references: references).only(step.matching)
            var found = Reading(captured: CaptureForm.captured(step.captures, from: output))
            if let mismatch = try Matching(results: output, references: references)
                .firstMismatch(step.expectations)
            {
                throw Fault("step.unexpected", .failed, "\(planned.key.step): \(mismatch)")
            }
            await keep(found.captured, planned)
            if let verify = step.verify {
                let proven = try await polled(step.until) {
                    try await self.check(verify, planned, suffix: "verify", link: link)
                }
                found = proven.merging(found)
            }
            return found
        }
    }

    /// Reads whether a step that may have been done was done. `nil` when it was not, or when what it yielded is lost.
    private func look(
        _ planned: PlannedStep, link: HostLink, references: References
    ) async throws -> Reading? {
        guard let verify = planned.step.verify else { return nil }
        do {
            let found = try await check(verify, planned, suffix: "verify", link: link)
            let all = planned.step.captures.map(\.name) + verify.captures.map(\.name)
            return all.allSatisfy { found.captured[$0] != nil } ? found : nil
        } catch let fault as Fault where fault.kind == .failed {
            return nil
        }
    }

    private func finish(
        _ planned: PlannedStep, _ status: StepOutcome.Status, _ found: Reading, since start: Date? = nil
    ) async throws {
        await keep(found.captured, planned)
        let milliseconds = start.map { Int64(tools.now().timeIntervalSince($0) * 1000) } ?? 0
        let outcome = StepOutcome(
            status, captures: CaptureForm.journalled(found.captured), milliseconds: milliseconds, read: found.call,
            seen: found.seen)
        try await tools.sink.record(.outcome(planned.key, outcome))
    }

    // MARK: Calls

    /// A read with its expectations.
    func check(
        _ read: ReadBack, _ planned: PlannedStep, suffix: String?, link: HostLink
    ) async throws -> Reading {
        let values = await references(planned)
        let reply = try await invoke(read.call, planned, suffix: suffix, link: link, references: values)
        try refuse(reply, planned)
        let output = try Matching(results: reply.output, references: values).only(read.matching)
        if let mismatch = try Matching(results: output, references: values).firstMismatch(read.expectations) {
            throw Fault(
                "step.not-verified", .failed, "\(planned.key.step) could not be verified: \(mismatch)",
                details: reply.warnings)
        }
        let known = planned.bindings.merging(
            await captures.visible(scope: planned.scope, host: planned.key.host)
        ) { $1 }
        return Reading(
            captured: CaptureForm.captured(read.captures, from: output),
            call: CallText.text(of: read.call, bindings: known),
            seen: read.captures.contains(where: \.secret) ? nil : Reading.evidence(output))
    }

    func invoke(
        _ template: CallTemplate, _ planned: PlannedStep, suffix: String?, link: HostLink, references: References
    ) async throws -> CallReply {
        var parameters: [(name: String, value: TypedValue)] = []
        for parameter in template.parameters {
            if let value = try references.resolve(parameter) {
                parameters.append((parameter.name, value))
            } else if let value = try await secret(parameter, references) {
                parameters.append((parameter.name, value))
            }
        }
        let deadlines = link.host.deadlines
        let step = planned.key.step + (suffix.map { ".\($0)" } ?? "")
        return try await link.invoke(
            CmdletCall(
                step: step, cmdlet: template.cmdlet, parameters: parameters, select: template.select,
                limit: planned.step.drains && suffix == nil ? deadlines.drain : deadlines.step))
    }

    /// A secret that the plan knows by its name alone.
    private func secret(_ parameter: ParameterTemplate, _ references: References) async throws -> TypedValue? {
        guard let name = references.secretName(of: parameter) else { return nil }
        let secret = try await tools.secrets.secret(name)
        return parameter.type == .secure ? .secure(secret) : .secretText(secret)
    }

    /// Turns a cmdlet's errors into a fault.
    private func refuse(_ reply: CallReply, _ planned: PlannedStep) throws {
        guard !reply.succeeded else { return }
        if let refusal = AuthorityRefusal(planned)?.fault(reply.errors) { throw refusal }
        let first = reply.errors.first
        let full = first?.hresult == "0x80070070"
        throw Fault(
            full ? "step.disk-full" : "step.failed", .failed,
            full
                ? "\(planned.key.step): no space left on the server's disk"
                : "\(planned.key.step): \(first?.message ?? "the call failed without a word")",
            hint: full ? "free some space, then run: certfleet runs resume" : nil,
            details: reply.errors.map { [$0.id, $0.hresult, $0.message].compactMap { $0 }.joined(separator: " ") })
    }

    /// Polls, and when that has run out, once more after asking for what is late.
    private func polled<Value: Sendable>(
        _ planned: PlannedStep, link: HostLink, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let late = planned.step.late else { return try await polled(planned.step.until, body) }
        do {
            return try await polled(planned.step.until, body)
        } catch let fault as Fault where fault.kind == .failed {
            try await ask(late, planned, link: link)
            return try await polled(planned.step.until, body)
        }
    }

    /// The call that asks for what is late: on record like every call that changes something.
    private func ask(_ late: CallTemplate, _ planned: PlannedStep, link: HostLink) async throws {
        let values = await references(planned)
        var key = planned.key
        key.step += ".late"
        try await tools.sink.record(
            .intent(key, call: CallText.text(of: late, bindings: planned.bindings), names: [:]))
        do {
            try refuse(
                try await invoke(late, planned, suffix: "late", link: link, references: values), planned)
            try await tools.sink.record(.outcome(key, StepOutcome(.done)))
        } catch let fault as Fault {
            try await tools.sink.record(.outcome(key, StepOutcome(.failed, fault: fault.on(link.host.name))))
            throw fault
        }
    }

    /// Asks again until it holds, or says the last reason why it does not.
    private func polled<Value: Sendable>(
        _ poll: Poll?, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let poll else { return try await body() }
        var waited = Duration.zero
        while true {
            do {
                return try await body()
            } catch let fault as Fault where fault.kind == .failed && waited < poll.limit {
                try await tools.clock.sleep(for: poll.every)
                waited += poll.every
            }
        }
    }

    // MARK: Values

    func references(_ planned: PlannedStep) async -> References {
        let captured = await captures.visible(scope: planned.scope, host: planned.key.host)
        let known = planned.bindings.merging(captured) { $1 }
        return References { known[$0] }
    }

    func keep(_ captured: [String: BoundValue], _ planned: PlannedStep) async {
        guard !captured.isEmpty else { return }
        await captures.keep(captured, scope: planned.scope, host: planned.key.host, shared: shared)
    }
}
