import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Carries the bytes between a connected socket and a conversation.
///
/// Belongs to its queue: everything but making it happens there.
final class TLSConnection {
    enum End {
        /// The handshake is done.
        case established
        /// The conversation failed, or the peer went before it was done.
        case failed(TLSError)
    }

    private let queue: DispatchQueue
    private let conversation: ConversationHandle
    private let descriptor: Int32
    private var reader: (any DispatchSourceRead)?
    private var writer: (any DispatchSourceWrite)?
    private var unsent: ArraySlice<UInt8> = []
    private var reported = false
    private var closing = false
    private let onEnd: (End) -> Void
    private let onClose: () -> Void

    /// Takes over the socket, which it closes.
    ///
    /// - Parameter onEnd: Called once, when the handshake is over in one way or the other.
    /// - Parameter onClose: Called once, when the socket is about to be closed.
    init(
        descriptor: Int32, conversation: ConversationHandle, queue: DispatchQueue, onEnd: @escaping (End) -> Void,
        onClose: @escaping () -> Void = {}
    ) {
        self.descriptor = descriptor
        self.conversation = conversation
        self.queue = queue
        self.onEnd = onEnd
        self.onClose = onClose
    }

    func start() {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [self] in readable() }
        source.setCancelHandler { [descriptor] in _ = Glibc.close(descriptor) }
        reader = source
        source.resume()
        advance([])
    }

    /// Says goodbye, lets the peer read it, and closes when the peer has closed.
    func closeGracefully() {
        guard reader != nil, !closing else { return }
        closing = true
        conversation.close()
        flush()
    }

    /// Closes at once; harmless when it is closed.
    func close() {
        guard let source = reader else { return }
        reader = nil
        writer?.cancel()
        writer = nil
        onClose()
        source.cancel()
    }

    private func readable() {
        guard reader != nil else { return }
        switch receive(descriptor) {
        case .nothingYet: break
        case .bytes(let bytes): if !closing { advance(bytes) }
        case .ended: end(.failed(TLSError(.handshake, "the connection was closed during the TLS handshake")))
        case .failed(let number): end(.failed(.fromErrno("the connection broke during the TLS handshake", number)))
        }
    }

    private func advance(_ bytes: [UInt8]) {
        conversation.receive(bytes)
        flush()
        switch conversation.state {
        case .handshaking: break
        case .established: report(.established)
        case .failed(let error): end(.failed(error))
        }
    }

    private func flush() {
        unsent += conversation.takeOutgoing()
        guard let sent = transmit(descriptor, unsent) else {
            end(.failed(TLSError(.handshake, "the connection was closed during the TLS handshake")))
            return
        }
        unsent = unsent.dropFirst(sent)
        if !unsent.isEmpty {
            waitUntilWritable()
        } else if closing {
            _ = shutdown(descriptor, Int32(SHUT_WR))
        }
    }

    private func waitUntilWritable() {
        guard writer == nil, reader != nil else { return }
        // A descriptor of its own: each source closes what it watches.
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return close() }
        let source = DispatchSource.makeWriteSource(fileDescriptor: copy, queue: queue)
        source.setEventHandler { [self] in
            writer?.cancel()
            writer = nil
            if reader != nil { flush() }
        }
        source.setCancelHandler { _ = Glibc.close(copy) }
        writer = source
        source.resume()
    }

    private func end(_ end: End) {
        report(end)
        close()
    }

    private func report(_ end: End) {
        guard !reported else { return }
        reported = true
        onEnd(end)
    }
}
