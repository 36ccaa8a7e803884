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
    /// - Returns: Whether there was anything.
    func pull() throws -> Bool {
        var found = false
        for isError in [true, false] {
            while pendingBytes < Self.limit, case .done(let bytes) = try handle.read(errors: isError), !bytes.isEmpty {
                pending.append(isError ? .errors(bytes) : .output(bytes))
                pendingBytes += bytes.count
                found = true
            }
        }
        return found
    }
}
