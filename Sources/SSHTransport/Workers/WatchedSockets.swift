import CLinux
import Glibc

/// The sockets of one worker and the epoll set that watches them.
///
/// `@unchecked Sendable`: after `init` it is touched on the worker only; `close` comes when the worker has ended.
final class WatchedSockets: @unchecked Sendable {
    let set: Int32
    private var sockets = SlotTable<SocketReadiness>()
    private var tokens = [UInt64](repeating: 0, count: Int(LINUX_EPOLL_BATCH))
    private var gone = [UInt8](repeating: 0, count: Int(LINUX_EPOLL_BATCH))

    init() throws {
        set = linux_epoll_create()
        guard set >= 0 else {
            throw SSHError(.libraryFailure, "start", "no epoll set: \(errorText(errno))", number: errno)
        }
    }

    func close() { Glibc.close(set) }

    func add(_ descriptor: Int32) throws -> SocketReadiness {
        let readiness = SocketReadiness(token: sockets.nextToken, descriptor: descriptor)
        guard linux_epoll_add(set, descriptor, readiness.token) == 0 else {
            throw SSHError(.libraryFailure, "connect", "cannot watch: \(errorText(errno))", number: errno)
        }
        sockets.insert(readiness)
        return readiness
    }

    func remove(_ readiness: SocketReadiness) {
        sockets.remove(readiness.token)
        _ = linux_epoll_remove(set, readiness.descriptor)
    }

    /// How many sockets have changed; does not wait.
    func take() -> Int { max(0, Int(linux_epoll_take(set, &tokens, &gone))) }

    /// Lets every connection do what it does now and then.
    func beat() {
        for socket in sockets.all { socket.onBeat?() }
    }

    /// Wakes whoever waits for one of the sockets of the last ``take()``.
    func deliver(_ count: Int) {
        for index in 0..<count {
            guard let socket = sockets[tokens[index]] else { continue }
            if gone[index] != 0 { socket.isGone = true }
            socket.wakeAll()
        }
    }
}

/// Who waits for something to happen on one socket.
///
/// Every change wakes everybody who waits; each tries again and waits on if it was not meant. No change is lost: they are
/// counted, and a waiter says up to which one it has seen, for between its try and its wait another job of the worker may
/// run. And what one waiter reads for another after the
/// last event brings an event of its own, because the socket is watched for both directions: it is reported as long as
/// it can still be written to, and when it cannot, it is reported as soon as it can.
///
/// `@unchecked Sendable`: touched on the worker only.
final class SocketReadiness: @unchecked Sendable {
    let token: UInt64
    let descriptor: Int32
    /// The system has reported an error or a hang-up: no further event may come.
    var isGone = false
    /// What is done for this connection at each of the worker's beats.
    var onBeat: (() -> Void)?
    /// How many changes there have been.
    private(set) var changes = 0
    // Nearly always one waits at most: then there is no array. Unsafe, because each wait would cost a checked one an
    // allocation; who is taken out here is resumed in the same line, and a socket's end wakes all.
    private var first: Waiter?
    private var others: [Waiter] = []

    private typealias Waiter = (id: UInt64, continuation: UnsafeContinuation<Void, Never>)

    init(token: UInt64, descriptor: Int32) {
        self.token = token
        self.descriptor = descriptor
    }

    /// Resumes the continuation at the next change, or now when there has been one since `seen`.
    func add(_ continuation: UnsafeContinuation<Void, Never>, id: UInt64, seen: Int) {
        if changes != seen {
            continuation.resume()
        } else if first == nil && others.isEmpty {
            first = (id, continuation)
        } else {
            others.append((id, continuation))
        }
    }

    /// Wakes one who waits, or is about to.
    func wake(_ id: UInt64) {
        changes += 1
        if let waiter = first, waiter.id == id {
            first = nil
            waiter.continuation.resume()
        } else if let index = others.firstIndex(where: { $0.id == id }) {
            others.remove(at: index).continuation.resume()
        }
    }

    /// In the order in which they began to wait.
    func wakeAll() {
        changes += 1
        if let waiter = first {
            first = nil
            waiter.continuation.resume()
        }
        guard !others.isEmpty else { return }
        let woken = others
        others = []
        for waiter in woken { waiter.continuation.resume() }
    }
}

/// The system's words for an `errno`.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
