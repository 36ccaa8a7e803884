#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The server's side of one TLS connection that carries data. Every call blocks its thread, which must be one of the
/// caller's own and always the same.
package final class TLSStream {
    private let descriptor: Int32
    private let conversation: ConversationHandle
    private var isOpen = true

    /// Shakes hands on a connected, blocking socket, which belongs to this object from here on, even when it throws.
    ///
    /// - Parameter silence: How long the peer may say nothing, in seconds.
    /// - Throws: ``TLSError``.
    package init(accepting descriptor: Int32, showing identity: TLSIdentity, silence: Int = 30) throws {
        self.descriptor = descriptor
        do {
            conversation = try ConversationHandle(try ContextHandle.serving(identity), side: .server)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        var limit = timeval(tv_sec: silence, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        conversation.receive([])
        while conversation.state == .handshaking {
            guard flush(), take() else { throw TLSError(.handshake, "the connection ended during the TLS handshake") }
        }
        _ = flush()
        if case .failed(let error) = conversation.state { throw error }
    }

    deinit { close() }

    /// The next bytes, or nil when the peer has hung up or was silent too long.
    package func read() -> [UInt8]? {
        while isOpen {
            switch conversation.read() {
            case .bytes(let bytes): return bytes
            case .ended: return nil
            case .nothingYet: guard flush(), take() else { return nil }
            }
        }
        return nil
    }

    /// - Returns: Whether the bytes went out.
    @discardableResult
    package func write(_ bytes: [UInt8]) -> Bool {
        conversation.write(bytes)
        return flush()
    }

    /// Says goodbye and hangs up.
    package func close() {
        guard isOpen else { return }
        conversation.close()
        _ = flush()
        cut()
    }

    /// Hangs up without a word, as a line that breaks.
    package func cut() {
        guard isOpen else { return }
        isOpen = false
        _ = Glibc.close(descriptor)
    }

    private func take() -> Bool {
        guard isOpen, case .bytes(let bytes) = receive(descriptor) else { return false }
        conversation.receive(bytes)
        return true
    }

    private func flush() -> Bool {
        let bytes = conversation.takeOutgoing()
        return isOpen && (bytes.isEmpty || transmit(descriptor, bytes[...]) == bytes.count)
    }
}
