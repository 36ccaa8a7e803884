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
        _ operation: String, by deadline: Deadline? = nil, leaving: Leaving, heedsCancellation: Bool = true,
        _ call: () throws -> Attempt<Value>
    ) async throws -> Value {
        var answer = Attempt<Value>.again
        while true {
            if case .done(let value) = answer { return value }
            try await complete(operation, by: deadline, leaving: leaving, heedsCancellation: heedsCancellation) {
                answer = try call()
                if case .done = answer { return true }
                return false
            }
        }
    }

    /// The same for a call that says whether it is done.
    ///
    /// - Parameter channel: The only one that the call asks about, and only reads.
    @inline(never)
    func complete(
        _ operation: String, by deadline: Deadline? = nil, leaving: Leaving, heedsCancellation: Bool = true,
        reading channel: ChannelState? = nil, _ call: () throws -> Bool
    ) async throws {
        var turns = Turns(takeNumber(), operation, deadline, leaving, heedsCancellation)
        var next = Turn.again
        var isWoken = true
        while true {
            // Many may wait on one connection, and one of them reads for all.
            if isWoken, let channel, let wait = waitForMore(channel, heedsCancellation) {
                next = wait
            } else {
                next = try turn(&turns, call)
                isWoken = false
            }
            switch next {
            case .done: return
            case .again: break
            case .later: await Task.yield()
            case .wait(let readiness, let seen):
                await change(of: readiness, since: seen, heedsCancellation: heedsCancellation, reading: channel)
                isWoken = true
            }
        }
    }

    /// The turns of one call.
    private struct Turns {
        let number: Int
        let operation: String
        let deadline: Deadline?
        let leaving: Leaving
        let heedsCancellation: Bool
        var spare = 8

        init(
            _ number: Int, _ operation: String, _ deadline: Deadline?, _ leaving: Leaving, _ heedsCancellation: Bool
        ) {
            self.number = number
            self.operation = operation
            self.deadline = deadline
            self.leaving = leaving
            self.heedsCancellation = heedsCancellation
        }
    }

    private enum Turn {
        case done
        case again
        /// When the others of this worker had theirs.
        case later
        case wait(SocketReadiness, since: Int)
    }

    /// Apart from the suspended call, and kept apart by the compiler: what this needs for a moment, each call would keep for
    /// as long as it waits.
    @inline(never)
    private func turn(_ turns: inout Turns, _ call: () throws -> Bool) throws -> Turn {
        // Both go with the session's end.
        let resources = resources
        guard let readiness = resources.readiness, let handle = resources.handle else { throw lost(turns.operation) }
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
        let (reads, drains) = (handle.memory.reads, handle.memory.drains)
        let isDone = try attempt(call, turns.number)
        if handle.memory.drains != drains { drained = seen }
        if isDone { return .done }
        let directions = handle.directions
        if directions.wantsToWrite && resources.halfRead == nil {
            resources.sender = turns.number
        } else {
            release(turns.number)
        }
        if handle.memory.mayHaveMore(since: reads) {
            goesOn = true
            guard handle.memory.hasHadItsShare else { return .again }
            handle.memory.renewShare()
            return .later
        }
        // Nothing will wake us: the library was not clear about what it waits for, or the socket is dead.
        if directions.isEmpty || readiness.isGone, turns.spare > 0 {
            turns.spare -= 1
            return .later
        }
        guard readiness.isGone else { return .wait(readiness, since: seen) }
        end(resources.socket?.ending ?? LibSSH2Error.connectionLost(turns.operation, number: 0))
        return .again
    }

    /// What was read in a turn may be for others who wait for it; and what was not, one of them has to read.
    private func handOut(_ readiness: SocketReadiness, goesOn: Bool) {
        // While a packet is half sent nobody reads, and then all are woken. With the session they were.
        guard resources.sender == nil, resources.halfRead == nil, resources.handle != nil else { return }
        readiness.wakeReaders { $0.isClosed || $0.pending.count > 0 || !$0.handle.isQuiet }
        if !goesOn, drained != readiness.changes { readiness.wakeReader() }
    }

    private func reasonToLeave(_ turns: Turns) -> (any Error)? {
        if turns.heedsCancellation && Task.isCancelled { return CancellationError() }
        guard let deadline = turns.deadline, deadline.hasPassed else { return nil }
        return SSHError(
            .unresponsive, turns.operation, "\(turns.operation) was not done within \(deadline.limit.words)")
    }

    /// A wait, when all has been read that came with the last change of the socket and nothing of it is this channel's: to
    /// look again would cost a call of the system and find nothing.
    @inline(never)
    private func waitForMore(_ channel: ChannelState, _ heedsCancellation: Bool) -> Turn? {
        guard let readiness = resources.readiness, drained == readiness.changes, resources.halfRead == nil,
            resources.sender == nil, !readiness.isGone, !channel.isClosed, channel.pending.count == 0,
            channel.handle.isQuiet, resources.handle?.memory.hasHadItsShare == false,
            !heedsCancellation || !Task.isCancelled
        else { return nil }
        return .wait(readiness, since: drained)
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
            end(known)
            throw known
        }
    }

    /// Reads what a channel has, and notes when that left a packet half sent.
    ///
    /// - Returns: Whether there was anything.
    func pull(_ channel: ChannelState) throws -> Bool {
        let pulled = try channel.pull(through: worker.readBuffer)
        resources.halfRead = pulled.isHalfSent ? channel : nil
        return pulled.hasFound
    }

    /// Brings a half-done read to its end, as far as the socket lets it; false: not yet.
    private func finishRead(_ operation: String) throws -> Bool {
        guard let channel = resources.halfRead else { return true }
        do {
            if try pull(channel) { wakeAll() }
            return resources.halfRead == nil
        } catch let error as SSHError {
            end(error)
            throw lost(operation)
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
                    ?? SSHError(.sessionClosed, turns.operation, "given up during \(turns.operation)"))
        }
        return error
    }

    /// Lets all who wait look again.
    func wakeAll() { resources.readiness?.wakeAll() }

    /// Suspends until something has happened on the socket, or may have.
    ///
    /// - Parameter seen: ``SocketReadiness/changes`` from before the last look at what is waited for.
    func change(
        of readiness: SocketReadiness, since seen: Int, heedsCancellation: Bool = true,
        reading channel: ChannelState? = nil
    ) async {
        let id = UInt64(takeNumber())
        guard heedsCancellation else {
            return await withUnsafeContinuation { readiness.add($0, id: id, seen: seen) }
        }
        await withTaskCancellationHandler {
            // Through `self`: a closure that does not capture the actor would leave its worker.
            await withUnsafeContinuation { self.add($0, id: id, to: readiness, seen: seen, reading: channel) }
        } onCancel: { [worker] in
            worker.run { readiness.wake(id) }
        }
    }

    /// The same from now on, for who seldom waits: apart, so that a call keeps no room for it.
    @inline(never)
    func nextChange(of readiness: SocketReadiness, since seen: Int? = nil) async {
        await change(of: readiness, since: seen ?? readiness.changes)
    }

    private func add(
        _ continuation: UnsafeContinuation<Void, Never>, id: UInt64, to readiness: SocketReadiness, seen: Int,
        reading channel: ChannelState?
    ) {
        readiness.add(continuation, id: id, seen: seen, reading: channel)
    }
}
