import CLinux
import Foundation
import Synchronization

/// Stands between client and server on loopback and does to their bytes what a network may do.
///
/// One thread carries all connections; it holds at most one portion of each direction, so whoever stops reading is felt
/// on the other side.
package final class LoopbackRelay: Sendable {
    /// What happens to one connection.
    package struct Plan: Sendable {
        /// How many bytes of the server's reach the client before the ending; nil: no end of our own.
        package var limit: Int?
        /// What happens then.
        package var ending: Ending
        /// How many bytes are sent at once, in either direction.
        package var portion: Int
        /// How much the system keeps between client and relay, in bytes, in each direction; nil: as much as it likes.
        package var buffer: Int32?
        /// Bytes of the server's, counted from the first, that reach the client all at once.
        package var together: Range<Int>?
        /// Called when the limit is reached, before the ending.
        package var atLimit: (@Sendable () -> Void)?

        package init(
            limit: Int? = nil, ending: Ending = .reset, portion: Int = 16384, buffer: Int32? = nil,
            together: Range<Int>? = nil, atLimit: (@Sendable () -> Void)? = nil
        ) {
            self.limit = limit
            self.ending = ending
            self.portion = portion
            self.buffer = buffer
            self.together = together
            self.atLimit = atLimit
        }
    }

    package enum Ending: Sendable, CaseIterable {
        /// The client's connection is reset.
        case reset
        /// It is ended in good order.
        case end
        /// It stays, and nothing more comes.
        case hold
    }

    /// The port to connect to.
    package var port: UInt16 { listener.port }

    private let listener: LoopbackListener
    private let arrivals: AsyncStream<Int32>.Continuation
    private let state = Mutex(State())
    /// A byte here wakes the thread.
    private let bell: (reading: Int32, writing: Int32)

    private struct State {
        var arrived: [(client: Int32, plan: Plan)] = []
        var count = 0
        var forwarded = 0
        var isOver = false
    }

    /// - Parameter plan: Called with the number of each connection, from 0.
    package init(to port: UInt16, plan: @escaping @Sendable (Int) -> Plan = { _ in Plan() }) throws {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { throw POSIXError(.EMFILE) }
        let bell = (reading: ends[0], writing: ends[1])
        self.bell = bell
        let (connections, arrivals) = AsyncStream.makeStream(of: Int32.self)
        listener = try LoopbackListener { arrivals.yield($0) }
        self.arrivals = arrivals
        Task { [weak self] in
            for await client in connections {
                guard let self else {
                    close(client)
                    continue
                }
                state.withLock { state in
                    state.arrived.append((client, plan(state.count)))
                    state.count += 1
                }
                ring()
            }
        }
        let carrier = Carrier(port: port, bell: bell.reading)
        Thread.detachNewThread { [weak self] in
            while true {
                let next = self?.state.withLock { state in
                    defer { state.arrived = [] }
                    return state.isOver ? nil : state.arrived
                }
                guard let next else { break }
                for (client, plan) in next { carrier.add(client, plan) }
                let forwarded = carrier.turn()
                self?.state.withLock { $0.forwarded += forwarded }
            }
            carrier.closeAll()
            close(bell.reading)
            close(bell.writing)
        }
    }

    deinit {
        arrivals.finish()
        state.withLock { $0.isOver = true }
        ring()
    }

    /// How many bytes of the server's have reached clients so far.
    package var forwarded: Int { state.withLock { $0.forwarded } }

    private func ring() {
        var byte: UInt8 = 1
        _ = write(bell.writing, &byte, 1)
    }
}

/// The relay's thread at work.
///
/// `@unchecked Sendable`: handed to the thread when it starts, and touched by nobody else.
private final class Carrier: @unchecked Sendable {
    private let port: UInt16
    private let bell: Int32
    private var pairs: [Pair] = []

    private struct Pair {
        let client: Int32
        let server: Int32
        let plan: LoopbackRelay.Plan
        var toClient: [UInt8] = []
        var toServer: [UInt8] = []
        var forwarded = 0
        var clientEnded = false
        var serverEnded = false
        var isHeld = false
        var isClosed = false

        /// How many more bytes of the server's are to come before any reach the client.
        var missing: Int {
            guard let together = plan.together, forwarded == together.lowerBound, !serverEnded else { return 0 }
            return max(0, together.count - toClient.count)
        }

        /// How many may be taken from the server now.
        var room: Int {
            if missing > 0 { return missing }
            var room = plan.portion
            if let limit = plan.limit { room = min(room, limit - forwarded) }
            if let start = plan.together?.lowerBound, forwarded < start { room = min(room, start - forwarded) }
            return room
        }
    }

    init(port: UInt16, bell: Int32) {
        self.port = port
        self.bell = bell
    }

    func add(_ client: Int32, _ plan: LoopbackRelay.Plan) {
        guard let server = try? LoopbackSocket.connected(to: port) else {
            close(client)
            return
        }
        for descriptor in [client, server] {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        if var size = plan.buffer {
            setsockopt(client, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        pairs.append(Pair(client: client, server: server, plan: plan))
        if plan.limit == 0 { atLimit(&pairs[pairs.count - 1]) }
    }

    /// Waits for something to happen and carries on; the answer is how much went to the clients.
    func turn() -> Int {
        pairs.removeAll(where: \.isClosed)
        var entries = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        for pair in pairs {
            var (client, server) = (Int16(0), Int16(0))
            if !pair.toClient.isEmpty && pair.missing == 0 {
                client |= Int16(POLLOUT)
            } else if !pair.serverEnded && !pair.isHeld {
                server |= Int16(POLLIN)
            }
            if !pair.toServer.isEmpty {
                server |= Int16(POLLOUT)
            } else if !pair.clientEnded && !pair.isHeld {
                client |= Int16(POLLIN)
            }
            // Not asked for anything, an entry would still report its hang-up, again and again.
            entries.append(pollfd(fd: client == 0 ? -1 : pair.client, events: client, revents: 0))
            entries.append(pollfd(fd: server == 0 ? -1 : pair.server, events: server, revents: 0))
        }
        poll(&entries, nfds_t(entries.count), -1)
        var drain = [UInt8](repeating: 0, count: 64)
        while read(bell, &drain, drain.count) > 0 {}
        var forwarded = 0
        for index in pairs.indices where entries[1 + 2 * index].revents | entries[2 + 2 * index].revents != 0 {
            let before = pairs[index].forwarded
            carry(&pairs[index])
            forwarded += pairs[index].forwarded - before
        }
        return forwarded
    }

    private func carry(_ pair: inout Pair) {
        if pair.toServer.isEmpty && !pair.clientEnded && !pair.isHeld {
            pair.clientEnded = !take(from: pair.client, into: &pair.toServer, pair.plan.portion)
        }
        if pair.toClient.isEmpty || pair.missing > 0, !pair.serverEnded, !pair.isHeld {
            pair.serverEnded = !take(from: pair.server, into: &pair.toClient, pair.room)
        }
        give(&pair.toServer, to: pair.server)
        if pair.missing == 0 { pair.forwarded += give(&pair.toClient, to: pair.client) }
        if pair.toServer.isEmpty && pair.clientEnded { shutdown(pair.server, Int32(SHUT_WR)) }
        if let limit = pair.plan.limit, pair.forwarded >= limit, !pair.isHeld {
            atLimit(&pair)
        } else if pair.toClient.isEmpty && pair.serverEnded {
            finish(&pair)
        }
    }

    private func atLimit(_ pair: inout Pair) {
        pair.plan.atLimit?()
        switch pair.plan.ending {
        case .hold:
            pair.isHeld = true
            pair.toServer = []
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(pair.client, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            finish(&pair)
        case .end:
            finish(&pair)
        }
    }

    /// - Returns: false at the end.
    private func take(from descriptor: Int32, into buffer: inout [UInt8], _ room: Int) -> Bool {
        var bytes = [UInt8](repeating: 0, count: room)
        let count = recv(descriptor, &bytes, room, 0)
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        buffer += bytes[..<count]
        return count > 0
    }

    @discardableResult private func give(_ buffer: inout [UInt8], to descriptor: Int32) -> Int {
        guard !buffer.isEmpty else { return 0 }
        let count = send(descriptor, buffer, buffer.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else {
            if count < 0 && errno != EAGAIN && errno != EINTR { buffer = [] }
            return 0
        }
        buffer.removeFirst(count)
        return count
    }

    private func finish(_ pair: inout Pair) {
        guard !pair.isClosed else { return }
        pair.isClosed = true
        close(pair.client)
        close(pair.server)
    }

    func closeAll() {
        for index in pairs.indices { finish(&pairs[index]) }
    }
}
