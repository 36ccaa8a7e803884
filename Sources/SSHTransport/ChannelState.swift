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
        // After a flood the room for it goes too.
        if pending.isEmpty, pending.capacity > 16 { pending = [] }
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
    func pull(through buffer: ReadBuffer) throws -> Pulled {
        var pulled = Pulled()
        // The first read takes all there is from the socket, whichever of the two it asks for; the others take what that
        // has brought, and the first of them that finds nothing is the last.
        var isFirst = true
        var next: Bool? = halfSent ?? false
        while let isError = next, pendingBytes < Self.limit || halfSent != nil {
            var bytes: [UInt8] = []
            if case .done(let read) = try handle.read(errors: isError, through: buffer) {
                halfSent = nil
                bytes = read
            } else {
                halfSent = handle.hasHalfSent ? isError : nil
                pulled.isHalfSent = halfSent != nil
            }
            if !bytes.isEmpty {
                pending.append(isError ? .errors(bytes) : .output(bytes))
                pendingBytes += bytes.count
                pulled.hasFound = true
            }
            if pulled.isHalfSent || bytes.isEmpty && !isFirst { return pulled }
            isFirst = false
            next = handle.waitingOutput
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
