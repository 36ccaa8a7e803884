/// One connection to one host, signed in. All its work is done on its worker, one call of the library at a time.
///
/// It ends with ``close()``, or when nobody holds it or a channel of it any more.
package actor SSHSession {
    /// The worker that carries the session: the executor to prefer for tasks that talk to it.
    package nonisolated let worker: SSHWorker
    /// Whom it is connected to.
    package nonisolated let endpoint: SSHEndpoint
    nonisolated let deadlines: SSHDeadlines
    nonisolated let resources = SessionResources()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }

    /// The server's version line: `SSH-2.0-OpenSSH_for_Windows_9.5`.
    package internal(set) var serverBanner = ""
    /// The way to sign in that the server accepted: `publickey`, `password`, `keyboard-interactive`, `none`.
    package internal(set) var acceptedMethod = ""
    /// The host's key, once it has been checked.
    package internal(set) var hostKey: HostKey?
    /// The address that answered.
    package internal(set) var address: SSHAddress?

    /// The host key algorithms that the server offers and this build knows.
    var otherHostKeyAlgorithms: [String] = []
    /// Why the session can no longer be used.
    var failure: SSHError?
    /// libssh2 opens one channel at a time: whoever comes meanwhile waits.
    var isOpening = false
    /// False after an opening was given up half-way: libssh2 would go on with that one. Channels that are open go on.
    package internal(set) var canOpen = true
    private var nextNumber = 0
    /// Up to which change of the socket all there was has been read.
    private var drained = -1

    init(_ endpoint: SSHEndpoint, deadlines: SSHDeadlines, on worker: SSHWorker) {
        self.endpoint = endpoint
        self.deadlines = deadlines
        self.worker = worker
    }

    deinit {
        let resources = resources
        worker.run { resources.free() }
    }

    /// Says goodbye and frees everything. Calls under way end with `sessionClosed`. A second call does nothing.
    package func close() {
        end(SSHError(.sessionClosed, "close", "the session was closed"), politely: !resources.isMidPacket)
    }

    /// Ends the session; what is tried on it later throws `reason`.
    func end(_ reason: SSHError, politely: Bool = false) {
        if failure == nil {
            failure = reason
            takeRest(after: reason)
        }
        if politely { resources.handle?.disconnect() }
        resources.free()
        resources.pass = nil
    }

    func takeNumber() -> Int {
        nextNumber += 1
        return nextNumber
    }

    func deadline(_ limit: Duration) throws -> Deadline {
        guard let socket = resources.socket else { throw lost("connect") }
        return Deadline(limit, on: worker, waking: socket.readiness)
    }

    func lost(_ operation: String) -> SSHError {
        var error = failure ?? LibSSH2Error.connectionLost(operation, number: 0)
        error.operation = operation
        return error
    }

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
    /// - Parameter seen: What ``waitsForMore(_:)`` says: nothing can be done before the socket has changed.
    @inline(never)
    func complete(
        _ operation: String, by deadline: Deadline? = nil, leaving: Leaving, heedsCancellation: Bool = true,
        after seen: Int? = nil, _ call: () throws -> Bool
    ) async throws {
        var turns = Turns(takeNumber(), operation, deadline, leaving, heedsCancellation)
        var next = Turn.again
        if let seen, let readiness = resources.readiness { next = .wait(readiness, since: seen) }
        while true {
            switch next {
            case .done: return
            case .again: break
            case .later: await Task.yield()
            case .wait(let readiness, let seen):
                await change(of: readiness, since: seen, heedsCancellation: heedsCancellation)
            }
            next = try turn(&turns, call)
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

    private func reasonToLeave(_ turns: Turns) -> (any Error)? {
        if turns.heedsCancellation && Task.isCancelled { return CancellationError() }
        guard let deadline = turns.deadline, deadline.hasPassed else { return nil }
        return SSHError(
            .timedOut, turns.operation, "\(turns.operation) was not done within \(deadline.limit.words)")
    }

    /// Up to which change of the socket all has been read, as long as nothing has come since and nothing lies there for this
    /// channel: to look again would cost a call of the system and find nothing.
    func waitsForMore(_ channel: ChannelState) -> Int? {
        guard let readiness = resources.readiness, drained == readiness.changes, resources.halfRead == nil,
            resources.sender == nil,
            !readiness.isGone, channel.handle.isQuiet, resources.handle?.memory.hasHadItsShare == false
        else { return nil }
        return drained
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
    func change(of readiness: SocketReadiness, since seen: Int, heedsCancellation: Bool = true) async {
        let id = UInt64(takeNumber())
        guard heedsCancellation else {
            return await withUnsafeContinuation { readiness.add($0, id: id, seen: seen) }
        }
        await withTaskCancellationHandler {
            // Through `self`: a closure that does not capture the actor would leave its worker.
            await withUnsafeContinuation { self.add($0, id: id, to: readiness, seen: seen) }
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
        _ continuation: UnsafeContinuation<Void, Never>, id: UInt64, to readiness: SocketReadiness, seen: Int
    ) {
        readiness.add(continuation, id: id, seen: seen)
    }
}

/// What a session has to give back, in the order in which it is given back, and what the library is in the middle of.
///
/// `@unchecked Sendable`: touched on the worker only; the actor's end sends it there.
final class SessionResources: @unchecked Sendable {
    var socket: (any SessionStream)? { didSet { readiness = socket?.readiness } }
    /// The socket's.
    private(set) var readiness: SocketReadiness?
    var handle: SessionHandle?
    /// The right to be connected.
    var pass: AdmissionPass?
    /// The call whose packet is half sent: until it is done, libssh2 must not be called for any other.
    var sender: Int?
    /// The same for a read, which may be finished by whoever comes next.
    var halfRead: ChannelState?
    /// The first of the open channels; each knows the next.
    var firstOpen: ChannelState?
    /// Those behind this session, who have no socket and so no beat of their own.
    var tunnels: [ObjectIdentifier: SocketReadiness] = [:]

    var isMidPacket: Bool { sender != nil || halfRead != nil }

    /// From now on something is sent now and then, for the sake of firewalls that forget idle connections. It says nothing
    /// about the other side, for its silence is judged by whoever speaks with it.
    func beat() {
        // Kept here and not by the session: a weak reference to it would make each of its uses dearer.
        readiness?.onBeat = { [self] in
            if !isMidPacket, socket?.isWritable == true { handle?.sendKeepalive() }
            for tunnel in tunnels.values { tunnel.onBeat?() }
        }
    }

    /// A second call does nothing.
    func free() {
        readiness?.onBeat = nil
        firstOpen = nil
        // Cut first: the library's end would otherwise wait for the peer.
        socket?.cut()
        handle?.free()
        socket?.close()
        handle = nil
        socket = nil
    }
}
