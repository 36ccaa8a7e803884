/// What a session knows about one of its channels.
///
/// `@unchecked Sendable`: only the session looks into it, and the session's calls all run on its worker. A channel's owner
/// just holds it; whoever lets go of it last, on whatever thread, frees nothing of libssh2's, for the session has sent
/// that to the worker with its own end.
final class ChannelState: @unchecked Sendable {
    let handle: ChannelHandle
    var isClosed = false
    var isWriting = false
    var isInputClosed = false
    /// Whether the command's output had come whole before the session ended.
    var hasEnded = false
    /// The output (standard error or not) whose reading has left a packet half sent.
    private var halfSent: Bool?
    /// How many others wait to write.
    var waitingWriters = 0
    /// Read from the library, and by nobody yet.
    @exclusivity(unchecked) var pending = PendingOutput()
    /// The next of the session's open channels.
    var nextOpen: ChannelState?

    static let limit = 4 << 20

    init(_ handle: ChannelHandle) { self.handle = handle }

    /// What was said about the command's end before the session ended, when its output had come whole too.
    var exitBeforeTheEnd: SSHExit? { hasEnded ? handle.toldExit : nil }

    /// Takes what the library has, of both outputs: they share one window, so that one left unread stalls the other.
    ///
    /// Reading can send: it tells the other side how much more it may send. When that packet is only half sent, the very
    /// same read has to be made again before anything else is done on the session.
    ///
    /// - Parameter limit: How much may lie there unread, in bytes, before no more is taken.
    func pull(through buffer: ReadBuffer, upTo limit: Int = ChannelState.limit) throws -> Pulled {
        var pulled = Pulled()
        // The first read takes all there is from the socket, whichever of the two it asks for; the others take what that
        // has brought, and the first of them that finds nothing is the last.
        var isFirst = true
        var next: Bool? = halfSent ?? false
        while let isError = next, pending.count < limit || halfSent != nil {
            var bytes: [UInt8] = []
            if case .done(let read) = try handle.read(errors: isError, through: buffer) {
                halfSent = nil
                bytes = read
            } else {
                halfSent = handle.hasHalfSent ? isError : nil
                pulled.isHalfSent = halfSent != nil
            }
            if !bytes.isEmpty {
                pending.add(bytes, areErrors: isError)
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

/// What has been read and nobody has asked for yet, in the order in which it came.
struct PendingOutput {
    // Nearly always one waits at most: then there is no array of them.
    private var first: SSHOutput?
    private var others: [SSHOutput] = []
    /// In bytes.
    private(set) var count = 0

    var isEmpty: Bool { first == nil }

    mutating func add(_ bytes: [UInt8], areErrors: Bool) {
        count += bytes.count
        let output = areErrors ? SSHOutput.errors(bytes) : .output(bytes)
        if first == nil { first = output } else { others.append(output) }
    }

    /// nil: there is nothing.
    mutating func take() -> SSHOutput? {
        guard let output = first else { return nil }
        switch output {
        case .output(let bytes), .errors(let bytes): count -= bytes.count
        case .end: break
        }
        first = others.isEmpty ? nil : others.removeFirst()
        // After a flood the room for it goes too.
        if others.isEmpty, others.capacity > 16 { others = [] }
        return output
    }
}
