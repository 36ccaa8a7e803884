import Descriptors
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A TLS port on 127.0.0.1 that shows its certificate and hangs up.
///
/// All listeners of a process share one queue, so sixty of them cost sixty descriptors and no threads. A handshake
/// that takes longer than its limit is cut off.
package final class TLSListener: Sendable {
    /// The port in use: the one asked for, or the one that the kernel chose.
    package let port: Int

    private static let mostConnections = 64

    private struct State {
        var context: ContextHandle
        var open = 0
        /// nil before the port is watched, and again when it is closed.
        var watched: DescriptorWatch.Watched?
        var isClosed = false
    }

    private let state: Mutex<State>
    private let watch: DescriptorWatch
    private let descriptor: Int32
    private let handshakeLimit: Duration

    /// Listens at once.
    ///
    /// - Parameter port: 0 lets the kernel choose.
    /// - Parameter handshakeLimit: From the connection's acceptance to its end.
    /// - Throws: ``TLSError`` `portTaken` (the text names the port), `identity` or `socket`.
    package init(
        port: Int = 0, identity: TLSIdentity, handshakeLimit: Duration = .seconds(10)
    ) throws {
        let context = try ContextHandle.serving(identity)
        watch = try watchOfSockets()
        descriptor = try Self.listen(port)
        self.port = Self.boundPort(descriptor) ?? port
        self.state = Mutex(State(context: context))
        self.handshakeLimit = handshakeLimit
        // When this is refused, `deinit` closes the port: everything is set.
        guard let watched = watch.watch(descriptor, { [weak self] _ in self?.accept() }) else {
            throw TLSError.fromErrno("port \(port) of 127.0.0.1 cannot be watched", errno)
        }
        state.withLock { $0.watched = watched }
    }

    deinit { closePort() }

    /// Shows another certificate from the next connection on.
    ///
    /// - Throws: ``TLSError`` `identity`; the former certificate then stays.
    package func replace(_ identity: TLSIdentity) throws {
        let context = try ContextHandle.serving(identity)
        state.withLock { $0.context = context }
    }

    /// Closes the port; when this returns, another program can have it. Calling it again is harmless.
    package func stop() async {
        await withCheckedContinuation { continuation in
            // On the queue, so that nothing accepts meanwhile.
            watch.queue.async { [self] in
                closePort()
                continuation.resume()
            }
        }
    }

    private func closePort() {
        let (isFirst, watched) = state.withLock { state in
            defer { (state.isClosed, state.watched) = (true, nil) }
            return (!state.isClosed, state.watched)
        }
        guard isFirst else { return }
        watched?.end()
        _ = Glibc.close(descriptor)
    }

    private func accept() {
        while state.withLock({ !$0.isClosed }) {
            let connected = Glibc.accept(descriptor, nil, nil)
            if connected >= 0 {
                _ = fcntl(connected, F_SETFD, FD_CLOEXEC)
                _ = fcntl(connected, F_SETFL, O_NONBLOCK)
                serve(connected)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EAGAIN, EWOULDBLOCK: return
            default:
                // No descriptors left, as a rule: nothing will tell when there are, and asking at once again would spin.
                watch.queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [weak self] in self?.accept() }
                return
            }
        }
    }

    private func serve(_ descriptor: Int32) {
        let context: ContextHandle? = state.withLock { state in
            guard state.open < Self.mostConnections, !state.isClosed else { return nil }
            state.open += 1
            return state.context
        }
        guard let context, let conversation = try? ConversationHandle(context, side: .server) else {
            if context != nil { state.withLock { $0.open -= 1 } }
            _ = Glibc.close(descriptor)
            return
        }
        let held = Held()
        let connection = TLSConnection(
            descriptor: descriptor, conversation: conversation, watch: watch,
            onEnd: { end in if case .established = end { held.connection?.closeGracefully() } },
            onClose: { [self] in
                held.connection = nil
                state.withLock { $0.open -= 1 }
            })
        held.connection = connection
        connection.start()
        watch.queue.asyncAfter(deadline: .now() + handshakeLimit.dispatchInterval) { held.connection?.close() }
    }

    /// Keeps a connection alive until it closes. Sendable because only the watch's queue touches it.
    private final class Held: @unchecked Sendable {
        var connection: TLSConnection?
    }

    private static func listen(_ port: Int) throws -> Int32 {
        guard let number = UInt16(exactly: port) else {
            throw TLSError(.socket, "there is no port \(port)")
        }
        let descriptor = try makeSocket(family: AF_INET)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = number.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeBytes(of: &address) { raw in
            raw.baseAddress.map { bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self), size) } ?? -1
        }
        guard bound == 0, Glibc.listen(descriptor, 64) == 0 else {
            let number = errno
            _ = Glibc.close(descriptor)
            if number == EADDRINUSE {
                throw TLSError(
                    .portTaken, "port \(port) on 127.0.0.1 is taken by another program", number: Int(number))
            }
            throw TLSError.fromErrno("cannot listen on port \(port) of 127.0.0.1", number)
        }
        return descriptor
    }

    private static func boundPort(_ descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { raw in
            raw.baseAddress.map { getsockname(descriptor, $0.assumingMemoryBound(to: sockaddr.self), &size) } ?? -1
        }
        return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
