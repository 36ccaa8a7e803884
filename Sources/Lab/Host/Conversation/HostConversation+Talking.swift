import AgentProtocol
import FleetModel
import FoundationEssentials

extension HostConversation {
    /// Answers one line of the conversation.
    ///
    /// - Returns: The exit code when it was the farewell.
    mutating func take(line: [UInt8]) -> Int32? {
        let frame: CoordinatorFrame
        do {
            frame = try CoordinatorFrame(line: line)
        } catch let error as AgentProtocolError where error.code == .unknownKind {
            say(.error(why: "unknown", text: error.description))
            return nil
        } catch {
            say(.error(why: "unreadable", text: "\(error)"))
            return nil
        }
        switch frame {
        case .ping(let id): say(.pong(id: id))
        case .invoke(let invocation): invoke(invocation)
        case .cancel(let id): stop("cancel", id: id)
        case .put(let blob, let data):
            blobs[blob, default: Data()].append(data)
            say(.kept(blob: blob, bytes: Int64(blobs[blob]?.count ?? 0)))
        case .drop(let blob): blobs[blob] = nil
        case .bye:
            // The host is free before anybody hears that we are gone.
            finish()
            say(.bye(noise: ""))
            return AgentExit.bye.rawValue
        }
        return nil
    }

    private mutating func invoke(_ invocation: CoordinatorFrame.Invocation) {
        if let running { return say(.busy(id: invocation.id, running: running.id)) }
        var resolved = invocation
        do {
            // With its case, as the agent compares.
            guard start?.allow.contains(invocation.command) == true else {
                throw CommandFailure(
                    "'\(invocation.command)' is not among the commands of this run", id: "NotAllowed",
                    category: "OperationStopped", exception: "System.Management.Automation.RuntimeException",
                    hresult: 0x8013_1501)
            }
            resolved.parameters = try invocation.parameters.map { ($0.name, try inPlace($0.value)) }
        } catch {
            let failure = error as? CommandFailure ?? CallRun.diskFull
            return say(.done(CallRun.failed(invocation.id, failure, ran: false).done))
        }
        begin(resolved)
    }

    /// A blob's bytes in place of its name.
    private func inPlace(_ value: TypedValue) throws(CommandFailure) -> TypedValue {
        guard case .blob(let name) = value else { return value }
        guard let data = blobs[name] else {
            throw CommandFailure(
                "no blob '\(name)'", id: "no blob '\(name)'", category: "OperationStopped",
                exception: "System.Management.Automation.RuntimeException", hresult: 0x8013_1501)
        }
        return .bytes(data)
    }

    private mutating func begin(_ invocation: CoordinatorFrame.Invocation) {
        let fault = takeFault(for: invocation)
        let play = FaultPlay(
            run: CallRun(
                invocation: invocation, state: state, host: identity, signatures: host.signatures, snapins: snapins,
                now: host.timing.now()),
            fault: fault, pause: host.timing.pause, post: channel.post)
        if fault?.fault == .cutBefore || (fault?.fault == .cutAfter && fault?.seconds != nil) { cutLine() }
        if fault?.fault == .cutBefore { return }
        let post = channel.post
        running = RunningCall(
            id: invocation.id, task: Task { post.yield(.called(await play.perform())) }, started: ContinuousClock.now)
        let pause = host.timing.pause
        helpers.append(
            Task {
                guard (try? await pause(invocation.limit)) != nil else { return }
                post.yield(.overdue(id: invocation.id))
            })
    }

    private func takeFault(for invocation: CoordinatorFrame.Invocation) -> FaultEntry? {
        let changes = CommandTable.changes(CallRun.bareName(invocation.command))
        return try? state.faults.take { entry in
            guard entry.fault.isOfCalls else { return false }
            return entry.step.map { $0 == invocation.id } ?? changes
        }
    }

    /// The call has ended: answered, unless nobody is there to hear it or the line is to be cut before.
    mutating func called(_ outcome: CallOutcome) -> Int32? {
        guard let call = running, call.id == outcome.done.id else { return nil }
        running = nil
        if let folder = outcome.madeFolder { madeFolders.insert(folder) }
        if let snapin = outcome.loaded { snapins.insert(snapin.lowercased()) }
        if outcome.cuts, !ending {
            cutLine()
            return nil
        }
        // After an end of input nothing more is waited for; after a cut of ours the grace runs its time.
        if ending { return cutting ? nil : AgentExit.inputEnded.rawValue }
        var done = outcome.done
        done.milliseconds = (ContinuousClock.now - call.started).milliseconds
        if let why = call.why {
            done.why = why
            done.state = "Stopped"
        }
        do {
            guard let start else { return nil }
            channel.send(try AgentFrame.done(done).framed(nonce: start.nonce))
        } catch {
            say(.done(CallRun.failed(done.id, CommandFailure("\(error)", id: "Certfleet.TooLarge")).done))
        }
        return nil
    }

    /// Asks the running call to stop; its end is reported as usual.
    mutating func stop(_ why: String, id: String) {
        guard running?.id == id, running?.why == nil else { return }
        running?.why = why
        running?.task.cancel()
    }

    /// The coordinator is gone: a running call may go on for the grace, then everything ends.
    ///
    /// - Returns: The exit code when there is nothing to wait for.
    mutating func end() -> Int32? {
        if ending { return nil }
        guard start != nil else { return AgentExit.inputEndedWithinScript.rawValue }
        guard running != nil else { return AgentExit.inputEnded.rawValue }
        ending = true
        countGrace()
        return nil
    }

    /// Cuts the line, and keeps the mutex for as long as a real server would notice nothing.
    private mutating func cutLine() {
        ending = true
        cutting = true
        if !host.cut() { channel.hangUp() }
        countGrace()
    }

    private mutating func countGrace() {
        let (pause, grace, post) = (host.timing.pause, host.timing.grace, channel.post)
        helpers.append(
            Task {
                try? await pause(grace)
                post.yield(.graceOver)
            })
    }
}
