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
    var channels: [Int: ChannelState] = [:]
    /// libssh2 opens one channel at a time: whoever comes meanwhile waits.
    var isOpening = false
    /// False after an opening was given up half-way: libssh2 would go on with that one. Channels that are open go on.
    package internal(set) var canOpen = true
    /// Those behind this session, who have no socket and so no beat of their own.
    var tunnels: [ObjectIdentifier: SocketReadiness] = [:]
    private var nextNumber = 0
    /// The call whose packet is half sent: until it is done, libssh2 must not be called for any other.
    private var sender: Int?
    /// The same for a read, which may be finished by whoever comes next.
    private var halfRead: ChannelState?

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
        end(SSHError(.sessionClosed, "close", "the session was closed"), politely: sender == nil && halfRead == nil)
    }

    /// Ends the session; what is tried on it later throws `reason`.
    func end(_ reason: SSHError, politely: Bool = false) {
        if failure == nil { failure = reason }
        if politely { resources.handle?.disconnect() }
        resources.free()
        resources.pass = nil
    }

    /// Sends something, for the sake of firewalls that forget idle connections; says nothing about the other side, for
    /// its silence is judged by whoever speaks with it.
    func keepAlive() {
        if sender == nil, halfRead == nil, resources.socket?.isWritable == true { resources.handle?.sendKeepalive() }
        for tunnel in tunnels.values { tunnel.onBeat?() }
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
        let number = takeNumber()
        var spareTries = 8
        while true {
            guard failure == nil, let socket = resources.socket, let handle = resources.handle else {
                throw lost(operation)
            }
            if heedsCancellation && Task.isCancelled { throw leave(CancellationError(), number, leaving, operation) }
            if let deadline, deadline.hasPassed {
                let error = SSHError(
                    .timedOut, operation, "\(operation) was not done within \(deadline.limit.words)")
                throw leave(error, number, leaving, operation)
            }
            let seen = socket.readiness.changes
            if try sender == number || sender == nil && finishRead(operation) {
                let reads = handle.memory.reads
                switch try attempt(call, number) {
                case .done(let value): return value
                case .again:
                    if handle.wantsToWrite && halfRead == nil { sender = number } else { release(number) }
                    if handle.memory.mayHaveMore(since: reads) {
                        if handle.memory.hasHadItsShare {
                            handle.memory.renewShare()
                            await Task.yield()
                        }
                        continue
                    }
                    // Nothing will wake us: the library was not clear about what it waits for, or the socket is dead.
                    if handle.waitsForNothing || socket.readiness.isGone, spareTries > 0 {
                        spareTries -= 1
                        await Task.yield()
                        continue
                    }
                    if socket.readiness.isGone {
                        end(socket.ending ?? LibSSH2Error.connectionLost(operation, number: 0))
                        continue
                    }
                }
            }
            await change(of: socket.readiness, since: seen, heedsCancellation: heedsCancellation)
        }
    }

    private func attempt<Value>(_ call: () throws -> Attempt<Value>, _ number: Int) throws -> Attempt<Value> {
        do {
            let answer = try call()
            if case .done = answer { release(number) }
            return answer
        } catch {
            release(number)
            guard let error = error as? SSHError, error.number < 0, LibSSH2Error.endsSession(error.number) else {
                throw error
            }
            // A tunnel knows better why it carries nothing any more.
            let known = resources.socket?.ending ?? error
            end(known)
            throw known
        }
    }

    /// Reads what a channel has, and notes when that left a packet half sent.
    ///
    /// - Returns: Whether there was anything.
    func pull(_ channel: ChannelState) throws -> Bool {
        let pulled = try channel.pull(through: worker.readBuffer)
        halfRead = pulled.isHalfSent ? channel : nil
        return pulled.hasFound
    }

    /// Brings a half-done read to its end, as far as the socket lets it; false: not yet.
    private func finishRead(_ operation: String) throws -> Bool {
        guard let channel = halfRead else { return true }
        do {
            if try pull(channel) { wakeAll() }
            return halfRead == nil
        } catch let error as SSHError {
            end(error)
            throw lost(operation)
        }
    }

    private func release(_ number: Int) {
        guard sender == number else { return }
        sender = nil
        wakeAll()
    }

    private func leave(_ error: any Error, _ number: Int, _ leaving: Leaving, _ operation: String) -> any Error {
        if sender == number || leaving == .fatal {
            end((error as? SSHError) ?? SSHError(.sessionClosed, operation, "given up during \(operation)"))
        }
        return error
    }

    /// Lets all who wait look again.
    func wakeAll() { resources.socket?.readiness.wakeAll() }

    /// Suspends until something has happened on the socket, or may have.
    ///
    /// - Parameter seen: ``SocketReadiness/changes`` from before the last look at what is waited for.
    func change(of readiness: SocketReadiness, since seen: Int, heedsCancellation: Bool = true) async {
        let id = UInt64(takeNumber())
        guard heedsCancellation else { return await wait(for: readiness, since: seen, id: id) }
        await withTaskCancellationHandler {
            // Through `self`: a closure that does not capture the actor would leave its worker.
            await self.wait(for: readiness, since: seen, id: id)
        } onCancel: { [worker] in
            worker.run { readiness.wake(id) }
        }
    }

    private func wait(for readiness: SocketReadiness, since seen: Int, id: UInt64) async {
        await withUnsafeContinuation {
            readiness.add($0, id: id, seen: seen)
        }
    }
}

/// What a session has to give back, in the order in which it is given back.
///
/// `@unchecked Sendable`: touched on the worker only; the actor's end sends it there.
final class SessionResources: @unchecked Sendable {
    var socket: (any SessionStream)?
    var handle: SessionHandle?
    /// The right to be connected.
    var pass: AdmissionPass?

    /// A second call does nothing.
    func free() {
        // Cut first: the library's end would otherwise wait for the peer.
        socket?.cut()
        handle?.free()
        socket?.close()
        handle = nil
        socket = nil
    }
}
