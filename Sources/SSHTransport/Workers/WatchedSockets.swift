import CLinux
import Glibc

/// The sockets of one worker and the epoll set that watches them.
///
/// `@unchecked Sendable`: after `init` it is touched on the worker only, but for ``wakeUp()``, which needs nothing that
/// changes; `close` comes when the worker has ended.
final class WatchedSockets: @unchecked Sendable {
    let set: Int32
    /// What other threads end a wait with (eventfd(2)).
    private let wakeUpEvent: Int32
    @exclusivity(unchecked) private var sockets = SlotTable<SocketReadiness>()
    private var tokens = [UInt64](repeating: 0, count: Int(LINUX_EPOLL_BATCH))
    private var endings = [UInt8](repeating: 0, count: Int(LINUX_EPOLL_BATCH))

    init() throws {
        set = linux_epoll_create()
        wakeUpEvent = set < 0 ? -1 : linux_event_create(set, Self.wakeUpToken)
        guard wakeUpEvent >= 0 else {
            let number = errno
            if set >= 0 { Glibc.close(set) }
            throw SSHError(.libraryFailure, "start", "no epoll set: \(errorText(number))", number: number)
        }
    }

    /// No socket has this token.
    private static let wakeUpToken = UInt64.max

    func close() {
        Glibc.close(wakeUpEvent)
        Glibc.close(set)
    }

    /// Ends a wait in ``take(within:)``, this one or the next. The one call that any thread may make.
    func wakeUp() { linux_event_signal(wakeUpEvent) }

    var isEmpty: Bool { sockets.isEmpty }

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

    /// How many events there are.
    ///
    /// - Parameter limit: How many milliseconds it may wait for the first of them.
    func take(within limit: Int32 = 0) -> Int { max(0, Int(linux_epoll_take(set, &tokens, &endings, limit))) }

    /// Lets every connection do what it does now and then.
    func beat() {
        for socket in sockets.all { socket.onBeat?() }
    }

    /// Wakes whoever waits for one of the sockets of the last ``take()``.
    func deliver(_ count: Int) {
        for index in 0..<count {
            guard let socket = sockets[tokens[index]] else { continue }
            socket.hasChanged(endings[index])
        }
    }
}

/// Who waits for something to happen on one socket.
///
/// Every change wakes everybody who waits; each tries again and waits on if it was not meant. Of those who wait for what
/// comes on a channel, and there may be hundreds on a connection to a bastion, a change of the socket wakes only one: it
/// reads for all, and then wakes those for whom there is something. No change is lost: they are counted, and a waiter says
/// up to which one it has seen, for between its try and its wait another job of the worker may run. And what one waiter reads
/// for another after the last event brings an event of its own, because the socket is watched for both directions: it is
/// reported as long as it can still be written to, and when it cannot, it is reported as soon as it can.
///
/// `@unchecked Sendable`: touched on the worker only.
final class SocketReadiness: @unchecked Sendable {
    /// The system has reported an error or a hang-up, or we have cut the connection: no further event may come.
    var isGone = false { didSet { if isGone { isDrained = false } } }
    /// Whether nothing more comes behind what lies there.
    private var hasEnded = false
    /// Whether all that the system has told of has been read: a further read would find nothing.
    private(set) var isDrained = false
    /// How many changes there have been.
    private(set) var changes = 0
    // Nearly always one waits at most: then there is no array. Unsafe, because each wait would cost a checked one an
    // allocation; who is taken out here is resumed in the same line, and a socket's end wakes all.
    @exclusivity(unchecked) private var first: Waiter?
    @exclusivity(unchecked) private var others: [Waiter] = []
    /// Those of the others who read a channel each.
    @exclusivity(unchecked) private var readers: [Waiter] = []
    /// How often the socket has been read.
    private(set) var reads = 0
    /// What is done first when the system has something to tell of the socket.
    var onChange: (() -> Void)?
    /// What is done for this connection at each of the worker's beats.
    var onBeat: (() -> Void)?
    let token: UInt64
    let descriptor: Int32

    private typealias Waiter = (id: UInt64, continuation: UnsafeContinuation<Void, Never>, channel: ChannelState?)

    init(token: UInt64, descriptor: Int32) {
        self.token = token
        self.descriptor = descriptor
    }

    /// Resumes the continuation at the next change, or now when there has been one since `seen`.
    ///
    /// - Parameter channel: What it reads, if that is all it waits for.
    func add(
        _ continuation: UnsafeContinuation<Void, Never>, id: UInt64, seen: Int, reading channel: ChannelState? = nil
    ) {
        if changes != seen {
            continuation.resume()
        } else if first == nil && others.isEmpty && readers.isEmpty {
            first = (id, continuation, channel)
        } else if channel == nil {
            others.append((id, continuation, nil))
        } else {
            readers.append((id, continuation, channel))
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
        } else if let index = readers.firstIndex(where: { $0.id == id }) {
            readers.remove(at: index).continuation.resume()
        }
    }

    /// The system has something to tell: wakes all but those who read, and of those one; at the end, all.
    ///
    /// - Parameter endings: `LINUX_SOCKET_…`.
    func hasChanged(_ endings: UInt8) {
        isDrained = false
        onChange?()
        if endings & UInt8(LINUX_SOCKET_ENDED) != 0 { hasEnded = true }
        if endings & UInt8(LINUX_SOCKET_GONE) != 0 {
            isGone = true
            return wakeAll()
        }
        changes += 1
        let reader = first?.channel != nil || readers.isEmpty ? nil : readers.removeLast()
        wakeOthers()
        reader?.continuation.resume()
    }

    /// Notes what a read of the socket gave: less than it had room for is all there was (epoll(7)), and what comes after
    /// that is told anew. Only an end that came together with those bytes is not, so it has to be asked for.
    func hasRead(_ count: Int, of room: Int) {
        reads += 1
        isDrained = !isGone && (count == -Int(EAGAIN) || count > 0 && count < room && !hasEnded)
    }

    /// Whether somebody waits for what comes on a channel.
    var hasReaders: Bool { !readers.isEmpty || first?.channel != nil }

    /// Wakes one of those who read, to read for all.
    func wakeReader() {
        if let waiter = first, waiter.channel != nil {
            first = nil
            waiter.continuation.resume()
        } else {
            readers.popLast()?.continuation.resume()
        }
    }

    /// Wakes those for whose channel there is something.
    func wakeReaders(where hasSome: (ChannelState) -> Bool) {
        if let waiter = first, let channel = waiter.channel, hasSome(channel) {
            first = nil
            waiter.continuation.resume()
        }
        for index in readers.indices.reversed() {
            guard let channel = readers[index].channel, hasSome(channel) else { continue }
            readers.remove(at: index).continuation.resume()
        }
    }

    /// In the order in which they began to wait.
    func wakeAll() {
        changes += 1
        let woken = readers
        readers = []
        wakeOthers()
        for waiter in woken { waiter.continuation.resume() }
    }

    private func wakeOthers() {
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
