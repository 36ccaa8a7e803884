import Descriptors
import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Carries the bytes between a connected socket and a conversation.
///
/// Sendable because it belongs to its watch's queue: everything but making it happens there.
final class TLSConnection: @unchecked Sendable {
    enum End {
        /// The handshake is done.
        case established
        /// The conversation failed, or the peer went before it was done.
        case failed(TLSError)
    }

    private let watch: DescriptorWatch
    private let conversation: ConversationHandle
    private let descriptor: Int32
    private var watched: DescriptorWatch.Watched?
    private var unsent: ArraySlice<UInt8> = []
    private var isOpen = true
    private var reported = false
    private var closing = false
    private let onEnd: (End) -> Void
    private let onClose: () -> Void
    /// A peer that sends without end shares the queue with the others.
    private static let readsInTurn = 16

    /// Takes over the socket, which it closes.
    ///
    /// - Parameter onEnd: Called once, when the handshake is over in one way or the other.
    /// - Parameter onClose: Called once, when the socket is about to be closed.
    init(
        descriptor: Int32, conversation: ConversationHandle, watch: DescriptorWatch, onEnd: @escaping (End) -> Void,
        onClose: @escaping () -> Void = {}
    ) {
        self.descriptor = descriptor
        self.conversation = conversation
        self.watch = watch
        self.onEnd = onEnd
        self.onClose = onClose
    }

    func start() {
        watched = watch.watch(descriptor) { [self] _ in changed() }
        guard watched != nil else { return end(.failed(.fromErrno("the connection cannot be watched", errno))) }
        advance([])
    }

    /// Says goodbye, lets the peer read it, and closes when the peer has closed.
    func closeGracefully() {
        guard isOpen, !closing else { return }
        closing = true
        conversation.close()
        flush()
    }

    /// Closes at once; harmless when it is closed.
    func close() {
        guard isOpen else { return }
        isOpen = false
        watched?.end()
        watched = nil
        onClose()
        _ = Glibc.close(descriptor)
    }

    /// A change is told once, so all there is gets read, the end too; and what was left unsent goes on.
    private func changed() {
        if isOpen, !unsent.isEmpty { flush() }
        for _ in 0..<Self.readsInTurn where isOpen {
            switch receive(descriptor) {
            case .nothingYet: return
            case .bytes(let bytes): if !closing { advance(bytes) }
            case .ended: end(.failed(TLSError(.handshake, "the connection was closed during the TLS handshake")))
            case .failed(let number): end(.failed(.fromErrno("the connection broke during the TLS handshake", number)))
            }
        }
        if isOpen { watch.queue.async { [self] in changed() } }
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
        guard isOpen else { return }
        unsent += conversation.takeOutgoing()
        guard let sent = transmit(descriptor, unsent) else {
            end(.failed(TLSError(.handshake, "the connection was closed during the TLS handshake")))
            return
        }
        unsent = unsent.dropFirst(sent)
        if unsent.isEmpty, closing { _ = shutdown(descriptor, Int32(SHUT_WR)) }
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
