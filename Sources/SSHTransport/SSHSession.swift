/// One connection to one host, signed in. All its work is done on its worker, one call of the library at a time.
///
/// It ends with ``close()``, or when nobody holds it or a channel of it any more.
package actor SSHSession {
    // What each turn looks at comes first, here and in the other parts of a session: with hundreds of them nothing of a
    // session is in the processor's cache when its turn comes, and what lies together comes together.

    /// The worker that carries the session: the executor to prefer for tasks that talk to it.
    package nonisolated let worker: SSHWorker
    let resources = SessionResources()
    private var nextNumber = 0
    /// libssh2 opens one channel at a time: whoever comes meanwhile waits.
    var isOpening = false
    /// False after an opening was given up half-way: libssh2 would go on with that one. Channels that are open go on.
    package internal(set) var canOpen = true

    /// Why the session can no longer be used.
    var failure: SSHError?
    /// Whom it is connected to.
    package nonisolated let endpoint: SSHEndpoint
    nonisolated let deadlines: SSHDeadlines

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

    init(_ endpoint: SSHEndpoint, deadlines: SSHDeadlines, on worker: SSHWorker) {
        self.endpoint = endpoint
        self.deadlines = deadlines
        self.worker = worker
    }

    isolated deinit { resources.free() }

    /// Says goodbye and frees everything. Calls under way end with `sessionClosed`. A second call does nothing.
    package func close() {
        end(SSHError(.sessionClosed, "close", "the session was closed"), politely: !resources.isMidPacket)
    }

    /// Ends the session; what is tried on it later throws `reason`.
    ///
    /// - Returns: The reason, with the other side's last words when these were there and had not been looked at yet.
    @discardableResult
    func end(_ reason: SSHError, politely: Bool = false) -> SSHError {
        var reason = reason
        if failure == nil {
            failure = reason
            takeRest(after: reason)
            if reason.code == .connectionLost, let farewell = resources.handle?.memory.farewell,
                !reason.message.contains(farewell)
            {
                reason = LibSSH2Error.connectionLost(reason.operation, number: reason.number, farewell: farewell)
            }
            failure = reason
        }
        if politely { resources.handle?.disconnect() }
        resources.free()
        resources.pass = nil
        return reason
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
}

/// What a session has to give back, in the order in which it is given back, and what the library is in the middle of.
final class SessionResources {
    /// The socket's.
    private(set) var readiness: SocketReadiness?
    var handle: SessionHandle?
    /// The call whose packet is half sent: until it is done, libssh2 must not be called for any other.
    var sender: Int?
    /// The same for a read, which may be finished by whoever comes next.
    var halfRead: ChannelState?
    var socket: (any SessionStream)? { didSet { readiness = socket?.readiness } }
    /// The right to be connected.
    var pass: AdmissionPass?
    /// The first of the open channels; each knows the next.
    var firstOpen: ChannelState?
    /// Those behind this session, who have no socket and so no beat of their own.
    var tunnels: [ObjectIdentifier: SocketReadiness] = [:]

    var isMidPacket: Bool { sender != nil || halfRead != nil }

    /// Whether a packet that is sent now is sent whole.
    var hasRoom: Bool { socket?.isWritable == true && handle?.memory.unsent.isEmpty == true }

    /// From now on something is sent now and then, for the sake of firewalls that forget idle connections. It says nothing
    /// about the other side, for its silence is judged by whoever speaks with it.
    func beat() {
        // Kept here and not by the session: a weak reference to it would make each of its uses dearer.
        readiness?.onBeat = { [self] in
            if !isMidPacket, hasRoom { handle?.sendKeepalive() }
            for tunnel in tunnels.values { tunnel.onBeat?() }
        }
    }

    /// A second call does nothing.
    func free() {
        readiness?.onBeat = nil
        firstOpen = nil
        handle?.memory.finishSending()
        // Cut first: the library's end would otherwise wait for the peer.
        socket?.cut()
        handle?.free()
        socket?.close()
        handle = nil
        socket = nil
    }
}

/// The session's open channels, each of which knows the next.
extension SessionResources {
    func open(_ handle: ChannelHandle) -> ChannelState {
        let channel = ChannelState(handle)
        channel.nextOpen = firstOpen
        firstOpen = channel
        return channel
    }

    /// A second call does nothing.
    func close(_ channel: ChannelState) {
        if firstOpen === channel {
            firstOpen = channel.nextOpen
        } else {
            var before = firstOpen
            while let one = before, one.nextOpen !== channel { before = one.nextOpen }
            before?.nextOpen = channel.nextOpen
        }
        channel.nextOpen = nil
    }
}
