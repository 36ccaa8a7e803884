import CLinux
import Glibc

/// A TCP socket that never blocks, watched by a worker from its `connect` to its end.
final class StreamSocket: SessionStream {
    let readiness: SocketReadiness
    private let worker: SSHWorker
    private(set) var isOpen = true

    var descriptor: Int32 { readiness.descriptor }
    var ending: SSHError? { nil }

    /// Begins to connect; ``connected()`` says when that is done.
    init(to address: SSHAddress, on worker: SSHWorker) throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw Self.error(errno, at: address) }
        do {
            var yes: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            let result = linux_connect(descriptor, address.bytes, UInt32(address.bytes.count))
            if result != 0 && errno != EINPROGRESS { throw Self.error(errno, at: address) }
            // Not before `connect`: a socket that has not begun to connect counts as hung up.
            readiness = try worker.watch(descriptor)
            self.worker = worker
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Whether the connection stands; throws what the system has to say against it.
    func connected(to address: SSHAddress) throws -> Bool {
        guard isReady(Int16(POLLOUT)) else { return false }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        if failure != 0 { throw Self.error(failure, at: address) }
        return true
    }

    /// Whether there is room to write now.
    var isWritable: Bool { isReady(Int16(POLLOUT)) }

    private func isReady(_ events: Int16) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Cuts the connection in both directions, so that nothing that still touches it can wait for it.
    func cut() {
        guard isOpen else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
        readiness.isGone = true
    }

    /// Ends the watching, wakes who waits, closes. A second call does nothing.
    func close() {
        guard isOpen else { return }
        isOpen = false
        worker.forget(readiness)
        Glibc.close(descriptor)
        readiness.wakeAll()
    }

    private static func error(_ number: Int32, at address: SSHAddress) -> SSHError {
        switch number {
        case ECONNREFUSED:
            SSHError(
                .refused, "connect", "nothing listens on \(address)", number: number,
                hint: "see whether the SSH service runs there, and on this port")
        case ETIMEDOUT:
            SSHError(.timedOut, "connect", "\(address) does not answer", number: number, hint: firewallHint)
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EACCES, EPERM, EADDRNOTAVAIL:
            SSHError(
                .unreachable, "connect", "no way to \(address): \(errorText(number))", number: number,
                hint: "see the address, the routes to it and the firewalls between")
        case ECONNRESET, EPIPE:
            SSHError(
                .connectionLost, "connect", "\(address) ended the connection at once", number: number,
                hint: "something in between may refuse this address")
        default:
            SSHError(.libraryFailure, "connect", "cannot connect to \(address): \(errorText(number))", number: number)
        }
    }

    static let firewallHint = "check that the host is up and that no firewall drops the connection"
}
