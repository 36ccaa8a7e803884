/// What a session knows about one of its channels.
///
/// Part of its session's isolated state: it never leaves the actor.
final class ChannelState {
    let handle: ChannelHandle
    /// Read from the library, and by nobody yet.
    private var pending: [SSHOutput] = []
    private var pendingBytes = 0
    var isClosed = false
    var isWriting = false
    var isInputClosed = false
    /// The output (standard error or not) whose reading has left a packet half sent.
    private var halfSent: Bool?

    private static let limit = 4 << 20

    init(_ handle: ChannelHandle) { self.handle = handle }

    func takePending() -> SSHOutput? {
        guard !pending.isEmpty else { return nil }
        let first = pending.removeFirst()
        switch first {
        case .output(let bytes), .errors(let bytes): pendingBytes -= bytes.count
        case .end: break
        }
        return first
    }

    /// Takes what the library has, of both outputs: they share one window, so that one left unread stalls the other.
    ///
    /// Reading can send: it tells the other side how much more it may send. When that packet is only half sent, the very
    /// same read has to be made again before anything else is done on the session.
    func pull() throws -> Pulled {
        var pulled = Pulled()
        for isError in [halfSent ?? true, !(halfSent ?? true)] {
            while pendingBytes < Self.limit || halfSent != nil {
                guard case .done(let bytes) = try handle.read(errors: isError) else {
                    halfSent = handle.hasHalfSent ? isError : nil
                    pulled.isHalfSent = halfSent != nil
                    if pulled.isHalfSent { return pulled }
                    break
                }
                halfSent = nil
                if bytes.isEmpty { break }
                pending.append(isError ? .errors(bytes) : .output(bytes))
                pendingBytes += bytes.count
                pulled.hasFound = true
            }
        }
        return pulled
    }

    /// What came of a ``pull()``.
    struct Pulled {
        /// Whether there was anything to read.
        var hasFound = false
        /// Whether a packet is half sent, so that this channel has to be read again first.
        var isHalfSent = false
    }
}
