/// How a call of libssh2 is made that cannot be done at once: its turns, and the waits between them.
extension SSHSession {
    /// What becomes of the session when a call is left before it is done.
    enum Leaving {
        /// Nothing is left behind, unless a packet is half sent.
        case harmless
        /// libssh2 would go on with this call when the next one is made: the session has to end.
        case fatal
    }

    /// Makes one call of libssh2, again and again until it is done, and waits for the socket in between.
    ///
    /// - Parameter heedsCancellation: Without it the call goes on in a cancelled task, until its deadline.
    func perform<Value>(
        _ operation: StaticString, by deadline: Deadline? = nil, leaving: Leaving, heedsCancellation: Bool = true,
        _ call: () throws -> Attempt<Value>
    ) async throws -> Value {
        var turns = Turns(
            takeNumber(), operation, by: deadline, leaving: leaving, heedsCancellation: heedsCancellation)
        while true {
            var answer = Attempt<Value>.again
            let next = try turn(&turns) {
                answer = try call()
                return answer.isDone
            }
            if case .done(let value) = answer { return value }
            await wait(for: next, heedsCancellation: heedsCancellation)
        }
    }

    /// Between two turns. Made part of each caller: a call of its own would look for the worker twice more at each wait.
    ///
    /// - Parameter channel: What the call reads, if it asks about nothing else.
    @inline(__always)
    func wait(for next: Turn, heedsCancellation: Bool = true, reading channel: ChannelState? = nil) async {
        switch next {
        case .done, .again: return
        case .later: await Task.yield()
        case .wait(let readiness, let seen) where heedsCancellation:
            let id = UInt64(takeNumber())
            await withTaskCancellationHandler {
                // Through `self`: a closure that does not capture the actor would leave its worker.
                await withUnsafeContinuation { self.add($0, id: id, to: readiness, seen: seen, reading: channel) }
            } onCancel: { [worker] in
                worker.run { readiness.wake(id) }
            }
        case .wait(let readiness, let seen):
            let id = UInt64(takeNumber())
            await withUnsafeContinuation { readiness.add($0, id: id, seen: seen) }
        }
    }

    /// The turns of one call.
    struct Turns {
        let number: Int
        let operation: StaticString
        let deadline: Deadline?
        let leaving: Leaving
        let heedsCancellation: Bool
        fileprivate var spare = 8

        init(
            _ number: Int, _ operation: StaticString, by deadline: Deadline? = nil, leaving: Leaving,
            heedsCancellation: Bool = true
        ) {
            self.number = number
            self.operation = operation
            self.deadline = deadline
            self.leaving = leaving
            self.heedsCancellation = heedsCancellation
        }
    }

    /// What a turn came to, and so what is next.
    enum Turn {
        case done
        case again
        /// When the others of this worker had theirs.
        case later
        case wait(SocketReadiness, since: Int)

        var isDone: Bool { if case .done = self { true } else { false } }
    }

    /// Apart from the suspended call, and kept apart by the compiler: what this needs for a moment, each call would keep for
    /// as long as it waits.
    @inline(never)
    func turn(_ turns: inout Turns, _ call: () throws -> Bool) throws -> Turn {
        // Both go with the session's end.
        guard let readiness = resources.readiness, let handle = resources.handle else {
            throw lost("\(turns.operation)")
        }
        let memory = handle.memory
        var goesOn = false
        defer { if readiness.hasReaders { handOut(readiness, goesOn: goesOn) } }
        if let reason = reasonToLeave(turns) { throw leave(reason, turns) }
        let seen = readiness.changes
        guard
            try resources.sender == turns.number
                || resources.sender == nil && (resources.halfRead == nil || finishRead(turns.operation))
        else {
            return .wait(readiness, since: seen)
        }
        let reads = memory.reads
        if try attempt(call, turns.number) { return .done }
        let directions = handle.directions
        if directions.wantsToWrite && resources.halfRead == nil {
            resources.sender = turns.number
        } else {
            release(turns.number)
        }
        if memory.mayHaveMore(since: reads) {
            goesOn = true
            guard memory.hasHadItsShare else { return .again }
            memory.renewShare()
            return .later
        }
        // Nothing will wake us: the library was not clear about what it waits for, or the socket is dead.
        if directions.isEmpty || readiness.isGone, turns.spare > 0 {
            turns.spare -= 1
            return .later
        }
        guard readiness.isGone else { return .wait(readiness, since: seen) }
        end(resources.socket?.ending ?? LibSSH2Error.connectionLost("\(turns.operation)", number: 0))
        return .again
    }

    /// What was read in a turn may be for others who wait for it; and what was not, one of them has to read.
    private func handOut(_ readiness: SocketReadiness, goesOn: Bool) {
        // While a packet is half sent nobody reads, and then all are woken. With the session they were.
        guard resources.sender == nil, resources.halfRead == nil, let handle = resources.handle else { return }
        readiness.wakeReaders { $0.isClosed || !$0.pending.isEmpty || !$0.handle.isQuiet }
        if !goesOn, !handle.memory.isDrained { readiness.wakeReader() }
    }

    private func reasonToLeave(_ turns: Turns) -> (any Error)? {
        if turns.heedsCancellation && Task.isCancelled { return CancellationError() }
        guard let deadline = turns.deadline, deadline.hasPassed else { return nil }
        return SSHError(
            .unresponsive, "\(turns.operation)", "\(turns.operation) was not done within \(deadline.limit.words)")
    }

    /// A wait, when it is known that nothing is there for this channel, neither here nor in the socket: of many who wait on
    /// one connection, one reads for all.
    func waitForMore(_ channel: ChannelState) -> Turn? {
        guard let readiness = resources.readiness, !readiness.isGone, resources.halfRead == nil,
            resources.sender == nil, resources.handle?.memory.isDrained == true, !channel.isClosed,
            channel.handle.isQuiet, !Task.isCancelled
        else { return nil }
        return .wait(readiness, since: readiness.changes)
    }

    private func attempt(_ call: () throws -> Bool, _ number: Int) throws -> Bool {
        do {
            let isDone = try call()
            if isDone { release(number) }
            return isDone
        } catch {
            let isHalfSent = resources.sender == number
            release(number)
            guard let error = error as? SSHError, error.number < 0, LibSSH2Error.endsSession(error.number) else {
                throw error
            }
            // A tunnel knows better why it carries nothing any more.
            let known = resources.socket?.ending ?? error
            // Nothing else could be done on the session before.
            if isHalfSent { finishInVain(call, after: known) }
            throw end(known)
        }
    }

    /// Reads what a channel has, and notes when that left a packet half sent.
    ///
    /// - Returns: Whether there was anything.
    func pull(_ channel: ChannelState) throws -> Bool {
        let pulled = try channel.pull(through: worker.readBuffer)
        if pulled.isHalfSent {
            resources.halfRead = channel
        } else if resources.halfRead != nil {
            resources.halfRead = nil
        }
        return pulled.hasFound
    }

    /// Brings a half-done read to its end, as far as the socket lets it; false: not yet.
    private func finishRead(_ operation: StaticString) throws -> Bool {
        guard let channel = resources.halfRead else { return true }
        do {
            if try pull(channel) { wakeAll() }
            return resources.halfRead == nil
        } catch let error as SSHError {
            end(error)
            throw lost("\(operation)")
        }
    }

    private func release(_ number: Int) {
        guard resources.sender == number else { return }
        resources.sender = nil
        wakeAll()
    }

    private func leave(_ error: any Error, _ turns: Turns) -> any Error {
        if resources.sender == turns.number || turns.leaving == .fatal {
            end(
                (error as? SSHError)
                    ?? SSHError(.sessionClosed, "\(turns.operation)", "given up during \(turns.operation)"))
        }
        return error
    }

    /// Lets all who wait look again.
    func wakeAll() { resources.readiness?.wakeAll() }

    /// Suspends until something has happened on the socket, or may have; from now on when nothing else is said.
    ///
    /// - Parameter seen: ``SocketReadiness/changes`` from before the last look at what is waited for.
    func nextChange(of readiness: SocketReadiness, since seen: Int? = nil) async {
        await wait(for: .wait(readiness, since: seen ?? readiness.changes))
    }

    private func add(
        _ continuation: UnsafeContinuation<Void, Never>, id: UInt64, to readiness: SocketReadiness, seen: Int,
        reading channel: ChannelState?
    ) {
        readiness.add(continuation, id: id, seen: seen, reading: channel)
    }
}
