@preconcurrency import Dispatch  // its sources are thread-safe, but not marked Sendable
import Glibc
import Synchronization

/// A port of the lab: open, or held without anybody listening, so that a caller is refused and nobody else takes it.
final class Door: Sendable {
    private enum State {
        case held(LoopbackSocket)
        case open(any DispatchSourceRead, closed: AsyncStream<Never>)
        case gone
    }

    let port: Int
    private let what: String
    private let queue: DispatchQueue
    private let visitor: @Sendable (Int32) -> Void
    private let state: Mutex<State>

    /// Takes the port, or lets the kernel pick one.
    ///
    /// - Parameters:
    ///   - what: For messages: `fe01 (SSH)`.
    ///   - visitor: Called on the queue with each accepted connection, a blocking socket that becomes its own.
    /// - Throws: ``LabError`` `portTaken`, `system`.
    init(
        port: Int?, for what: String, on queue: DispatchQueue, visitor: @escaping @Sendable (Int32) -> Void
    ) throws {
        let socket = try LoopbackSocket.bound(to: port, for: what)
        self.port = try socket.port()
        self.what = what
        self.queue = queue
        self.visitor = visitor
        state = Mutex(.held(socket))
    }

    deinit {
        state.withLock { if case .open(let source, _) = $0 { source.cancel() } }
    }

    /// Listens. Nothing happens when it does already.
    func open() throws {
        try state.withLock { state in
            guard case .held(let socket) = state else { return }
            try socket.listen(for: what)
            let (closed, closing) = AsyncStream<Never>.makeStream()
            let source = DispatchSource.makeReadSource(fileDescriptor: socket.number, queue: queue)
            source.setEventHandler { [visitor] in Self.accept(on: socket, visitor) }
            // Not before the source has let go of the descriptor.
            source.setCancelHandler {
                socket.close()
                closing.finish()
            }
            source.activate()
            state = .open(source, closed: closed)
        }
    }

    /// Stops listening: when this returns, a caller is refused.
    ///
    /// - Parameter hold: Keeps the port, for ``open()``; otherwise it is given back for good.
    func shut(hold: Bool) async throws {
        let former = state.withLock { state in
            defer { state = .gone }
            return state
        }
        if case .open(let source, let closed) = former {
            source.cancel()
            for await _ in closed {}
        }
        if hold {
            let socket = try LoopbackSocket.bound(to: port, for: what)
            state.withLock { $0 = .held(socket) }
        }
    }

    var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    private static func accept(on socket: LoopbackSocket, _ visitor: (Int32) -> Void) {
        while true {
            let connection = Glibc.accept(socket.number, nil, nil)
            if connection < 0 && errno == EINTR { continue }
            guard connection >= 0 else { return }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            visitor(connection)
        }
    }
}
