import Glibc

/// A stream inside a channel of another session: how a host behind a bastion is reached.
///
/// The two sessions share a worker, so nothing is locked: libssh2 of the inner one reads and writes two buffers here, and
/// two tasks on the worker move them to and from the outer channel. Both buffers are bounded, so that a host that stops
/// reading stops us, and not the bastion's other hosts.
///
/// `@unchecked Sendable`: touched on the worker's queue only; its tasks run there.
final class TunnelStream: SessionStream, @unchecked Sendable {
    let readiness: SocketReadiness
    /// Already non-blocking, so that libssh2 finds nothing to change; it never reads or writes it.
    let descriptor: Int32
    private(set) var ending: SSHError?
    private let channel: SSHChannel
    private let bastion: String
    private let worker: SSHWorker
    private var incoming: [UInt8] = []
    private var taken = 0
    private var outgoing: [UInt8] = []
    private var isOpen = true
    private var waitingForRoom: CheckedContinuation<Void, Never>?
    private var waitingForBytes: CheckedContinuation<Void, Never>?

    private static let limit = 256 << 10

    init(_ channel: SSHChannel, descriptor: Int32, bastion: String) {
        self.channel = channel
        self.descriptor = descriptor
        self.bastion = bastion
        worker = channel.session.worker
        readiness = SocketReadiness(token: 0, descriptor: -1)
    }

    /// Starts to move bytes. Called once.
    func start() {
        let session = channel.session
        let (name, readiness) = (ObjectIdentifier(self), readiness)
        session.assumeIsolated { $0.resources.tunnels[name] = readiness }
        Task(executorPreference: worker) { await self.pumpIn(on: session) }
        Task(executorPreference: worker) { await self.pumpOut(on: session) }
    }

    var isWritable: Bool { isOpen && outgoing.count < Self.limit }

    // MARK: The inner session's side; each call answers as the system's own do, a count or a negative errno

    /// - Parameter give: Is lent the bytes, at most `room` of them.
    func receive(atMost room: Int, _ give: (ArraySlice<UInt8>) -> Void) -> Int {
        let count = min(room, incoming.count - taken)
        guard count > 0 else { return isOpen && ending == nil ? -Int(EAGAIN) : 0 }
        give(incoming[taken..<taken + count])
        taken += count
        if taken == incoming.count {
            incoming.removeAll(keepingCapacity: false)
            taken = 0
            waitingForRoom?.resume()
            waitingForRoom = nil
        }
        return count
    }

    func send(_ bytes: some Collection<UInt8>) -> Int {
        guard isOpen, ending == nil else { return -Int(EPIPE) }
        let count = min(bytes.count, Self.limit - outgoing.count)
        guard count > 0 else { return -Int(EAGAIN) }
        outgoing.append(contentsOf: bytes.prefix(count))
        waitingForBytes?.resume()
        waitingForBytes = nil
        return count
    }

    func cut() {
        isOpen = false
        readiness.isGone = true
    }

    func close() {
        isOpen = false
        waitingForRoom?.resume()
        waitingForRoom = nil
        waitingForBytes?.resume()
        waitingForBytes = nil
        readiness.wakeAll()
        let (name, channel) = (ObjectIdentifier(self), channel)
        channel.session.assumeIsolated { $0.resources.tunnels[name] = nil }
        Task(executorPreference: worker) { _ = await channel.close() }
    }

    // MARK: The outer channel's side

    // Isolated to the outer session, and so on the worker: a wait that belonged to no actor would leave the queue, and a
    // change between the look and the wait would be lost.

    private func pumpIn(on session: isolated SSHSession) async {
        do {
            while isOpen {
                switch try await channel.read() {
                case .output(let bytes):
                    incoming += bytes
                    readiness.hasChanged(0)
                case .errors: break
                case .end: return end(nil)
                }
                while isOpen, incoming.count - taken >= Self.limit {
                    await withCheckedContinuation { waitingForRoom = $0 }
                }
            }
        } catch {
            end(error)
        }
    }

    private func pumpOut(on session: isolated SSHSession) async {
        do {
            while true {
                // What the inner session said last, its goodbye, still goes out.
                if outgoing.isEmpty {
                    guard isOpen, ending == nil else { return }
                    await withCheckedContinuation { waitingForBytes = $0 }
                    continue
                }
                let bytes = outgoing
                outgoing = []
                readiness.wakeAll()
                try await channel.write(bytes)
            }
        } catch {
            // The reader finds the same end, behind what had come before it.
        }
    }

    /// The outer side is over. `nil`: the host behind the bastion ended it, in order.
    private func end(_ error: (any Error)?) {
        if ending == nil, let error, isOpen {
            ending = Self.lost(bastion, error)
        } else if ending == nil {
            ending = SSHError(.connectionLost, "tunnel", "the connection through \(bastion) was ended")
        }
        readiness.isGone = true
        readiness.wakeAll()
    }

    /// What a bastion's end is to those behind it; of a chain the one that was really lost is named.
    static func lost(_ bastion: String, _ error: any Error) -> SSHError {
        if let error = error as? SSHError, error.code == .bastionLost { return error }
        let cause = (error as? SSHError)?.message ?? "\(error)"
        return SSHError(
            .bastionLost, "tunnel", "the bastion \(bastion) was lost: \(cause)",
            number: (error as? SSHError)?.number ?? 0,
            hint: "see whether \(bastion) is up; everything behind it waits for it")
    }
}
