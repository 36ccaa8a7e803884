import COpenSSL

/// One TLS connection without a socket: bytes go in, bytes come out, somebody else carries them.
///
/// OpenSSL writes sockets without `MSG_NOSIGNAL`, so a peer that hangs up would end the process; in memory it cannot.
/// Belongs to one queue at a time.
final class ConversationHandle {
    enum State: Equatable {
        case handshaking
        case established
        case failed(TLSError)
    }

    private let connection: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let context: ContextHandle
    private(set) var state = State.handshaking

    enum Side { case client(serverName: String?), server }

    init(_ context: ContextHandle, side: Side) throws {
        ERR_clear_error()
        guard let made = SSL_new(context.pointer) else { throw TLSError.fromQueue(.handshake, "cannot set up TLS") }
        guard let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem()) else {
            SSL_free(made)
            throw TLSError(.handshake, "cannot set up TLS")
        }
        // The connection owns both from here on.
        SSL_set_bio(made, incoming, outgoing)
        self.connection = made
        self.incoming = incoming
        self.outgoing = outgoing
        self.context = context
        switch side {
        case .server: SSL_set_accept_state(made)
        case .client(let name):
            if let name { _ = cossl_set_server_name(made, name) }
            SSL_set_connect_state(made)
        }
    }

    deinit { SSL_free(connection) }

    /// Takes what the peer sent and goes on with the handshake as far as that reaches.
    func receive(_ bytes: [UInt8]) {
        if !bytes.isEmpty { BIO_write(incoming, bytes, Int32(bytes.count)) }
        guard state == .handshaking else { return }
        ERR_clear_error()
        let result = SSL_do_handshake(connection)
        if result == 1 {
            state = .established
            return
        }
        switch SSL_get_error(connection, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
        default: state = .failed(TLSError.fromQueue(.handshake, "the TLS handshake failed"))
        }
    }

    /// What is to be sent to the peer now.
    func takeOutgoing() -> [UInt8] {
        let pending = cossl_bio_pending(outgoing)
        guard pending > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: pending)
        let count = BIO_read(outgoing, &bytes, Int32(clamping: pending))
        return Array(bytes.prefix(Int(max(count, 0))))
    }

    enum Reading {
        case bytes([UInt8])
        /// The peer's next words have not arrived.
        case nothingYet
        /// The peer has said goodbye, or the conversation is broken.
        case ended
    }

    /// What the peer has said, once the handshake is done.
    func read() -> Reading {
        guard state == .established else { return .ended }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        ERR_clear_error()
        let count = SSL_read(connection, &bytes, Int32(bytes.count))
        if count > 0 { return .bytes(Array(bytes.prefix(Int(count)))) }
        switch SSL_get_error(connection, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothingYet
        default:
            ERR_clear_error()
            return .ended
        }
    }

    /// Says something; its bytes are among the next ``takeOutgoing()``.
    func write(_ bytes: [UInt8]) {
        guard state == .established, !bytes.isEmpty else { return }
        ERR_clear_error()
        SSL_write(connection, bytes, Int32(clamping: bytes.count))
    }

    /// Says goodbye; the words are among the next ``takeOutgoing()``.
    func close() {
        guard state == .established else { return }
        SSL_shutdown(connection)
        ERR_clear_error()
    }

    /// Lends the connection, to hang something on it before the handshake.
    func use<Result>(_ body: (OpaquePointer) -> Result) -> Result { withExtendedLifetime(self) { body(connection) } }
}
