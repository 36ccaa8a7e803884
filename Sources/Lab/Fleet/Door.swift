import Descriptors
import Dispatch
import Glibc
import Synchronization

/// A port of the lab: open, or held without anybody listening, so that a caller is refused and nobody else takes it.
final class Door: Sendable {
    private enum State {
        case held(LoopbackSocket)
        case open(LoopbackSocket, DescriptorWatch.Watched)
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
        state.withLock { if case .open(_, let watched) = $0 { watched.end() } }
    }

    /// Listens. Nothing happens when it does already.
    func open() throws {
        try state.withLock { state in
            guard case .held(let socket) = state else { return }
            try socket.listen(for: what)
            let watched = Self.watch?.watch(socket.number) { [queue, visitor] _ in
                queue.async { Self.accept(on: socket, queue, visitor) }
            }
            guard let watched else {
                throw LabError(.system, "port \(port) of \(what) cannot be watched", number: errno)
            }
            state = .open(socket, watched)
        }
    }

    private static var watch: DescriptorWatch? { .shared("certfleet.lab") }

    /// Stops listening: when this returns, a caller is refused.
    ///
    /// - Parameter hold: Keeps the port, for ``open()``; otherwise it is given back for good.
    func shut(hold: Bool) async throws {
        let former = state.withLock { state in
            defer { state = .gone }
            return state
        }
        if case .open(let socket, let watched) = former {
            watched.end()
            // In the queue's turn, since it may be accepting.
            await withCheckedContinuation { closed in
                queue.async {
                    socket.close()
                    closed.resume()
                }
            }
        }
        if hold {
            let socket = try LoopbackSocket.bound(to: port, for: what)
            state.withLock { $0 = .held(socket) }
        }
    }

    var isOpen: Bool {
        state.withLock { if case .open = $0 { true } else { false } }
    }

    /// Takes all that wait: each change is told once.
    private static func accept(
        on socket: LoopbackSocket, _ queue: DispatchQueue, _ visitor: @escaping @Sendable (Int32) -> Void
    ) {
        while !socket.isClosed {
            let connection = Glibc.accept(socket.number, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                visitor(connection)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN: return
            default:
                // No descriptors left, as a rule, and nothing will tell when there are.
                return queue.asyncAfter(deadline: .now() + .milliseconds(100)) { accept(on: socket, queue, visitor) }
            }
        }
    }
}
