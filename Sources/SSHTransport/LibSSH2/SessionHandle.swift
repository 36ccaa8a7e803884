import CLibSSH2
import Glibc

/// What a call that does not block came to.
enum Attempt<Value> {
    case done(Value)
    /// Not yet: the same call has to be made again when the socket has changed.
    case again

    var isDone: Bool { if case .done = self { true } else { false } }
}

/// Owns one `LIBSSH2_SESSION`. No call blocks, and no pointer leaves this folder.
///
/// After a call has answered `again` with ``wantsToWrite`` set, a packet is half sent: until that same call is done,
/// no other may be made (libssh2 answers −39 otherwise, or worse).
final class SessionHandle {
    private(set) var pointer: OpaquePointer?
    let memory = SessionMemory()

    init() throws {
        guard LibSSH2Library.isReady else { throw SSHError(.libraryFailure, "start", "libssh2 does not start") }
        memory.noteAllocations()
        pointer = libssh2_session_init_ex(
            allocateCallback, freeCallback, reallocateCallback, Unmanaged.passUnretained(memory).toOpaque())
        guard let pointer else { throw SSHError(.libraryFailure, "start", "no memory for a session") }
        memory.giveBackCleared()
        libssh2_session_set_blocking(pointer, 0)
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receiveCallback, to: UnsafeMutableRawPointer.self))
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_SEND, unsafeBitCast(sendCallback, to: UnsafeMutableRawPointer.self))
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_DISCONNECT, unsafeBitCast(disconnectCallback, to: UnsafeMutableRawPointer.self))
    }

    deinit { free() }

    /// From now on the bytes go through a tunnel. Before the handshake.
    func carry(through tunnel: TunnelStream) {
        memory.tunnel = tunnel
    }

    /// Frees the session and what hangs on it. The connection must have been cut before, lest it wait for the peer.
    func free() {
        guard let pointer else { return }
        self.pointer = nil
        memory.told.isOver = true
        // With its end held back, closing a channel would wait for ever.
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_RECV, unsafeBitCast(receiveCallback, to: UnsafeMutableRawPointer.self))
        for _ in 0..<100 where libssh2_session_free(pointer) != LIBSSH2_ERROR_EAGAIN { return }
    }

    /// What the last call that answered `again` waits for; empty: it could not say.
    struct Directions: OptionSet {
        let rawValue: Int32

        /// Something is left to send.
        var wantsToWrite: Bool { rawValue & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0 }
    }

    var directions: Directions { Directions(rawValue: libssh2_session_block_directions(pointer)) }

    /// Whether the last call that answered `again` has something left to send.
    var wantsToWrite: Bool { directions.wantsToWrite }

    /// What this build can do for one kind of algorithm (`LIBSSH2_METHOD_…`), in its order.
    func supported(_ method: Int32) -> [String] {
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(pointer, method, &names)
        guard count > 0, let names else { return [] }
        defer { libssh2_free(pointer, names) }
        return (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
    }

    /// The host key algorithms to ask for; only before the handshake.
    func setHostKeyOrder(_ names: [String]) { prefer(names, LIBSSH2_METHOD_HOSTKEY) }

    /// The key exchanges to ask for; only before the handshake.
    func setKeyExchangeOrder(_ names: [String]) { prefer(names, LIBSSH2_METHOD_KEX) }

    private func prefer(_ names: [String], _ method: Int32) {
        // Refused only when no name is known, and then the library's own order stands.
        _ = libssh2_session_method_pref(pointer, method, names.joined(separator: ","))
    }

    func handshake(_ descriptor: Int32) throws -> Attempt<Void> {
        try attempt("handshake", libssh2_session_handshake(pointer, descriptor))
    }

    /// The key the host has shown and proved.
    var hostKey: HostKey? {
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(pointer, &length, &type) else { return nil }
        return HostKey(
            blob: bytes.withMemoryRebound(to: UInt8.self, capacity: length) {
                Array(UnsafeBufferPointer(start: $0, count: length))
            })
    }

    /// The server's version line, or what stood in its place.
    var banner: String? { libssh2_session_banner_get(pointer).map { String(cString: $0) } }

    /// Says goodbye, as far as that goes without waiting.
    func disconnect() {
        _ = libssh2_session_disconnect_ex(pointer, SSH_DISCONNECT_BY_APPLICATION, "", "")
    }

    /// nil: not yet.
    func openChannel() throws -> Attempt<ChannelHandle> {
        let channel = libssh2_channel_open_ex(
            pointer, "session", 7, 2 << 20, UInt32(LIBSSH2_CHANNEL_PACKET_DEFAULT), nil,
            0)
        if let channel { return .done(ChannelHandle(channel, of: self)) }
        return try attempt("open channel", libssh2_session_last_errno(pointer), as: ChannelHandle.self)
    }

    /// A channel to somewhere that this session's server can reach.
    func openTunnel(to host: String, port: UInt16) throws -> Attempt<ChannelHandle> {
        if let channel = libssh2_channel_direct_tcpip_ex(pointer, host, Int32(port), "127.0.0.1", 22) {
            return .done(ChannelHandle(channel, of: self))
        }
        return try attempt("open tunnel", libssh2_session_last_errno(pointer), as: ChannelHandle.self)
    }

    /// Sends a packet that asks for nothing, so that whatever forwards the connection does not take it for dead.
    ///
    /// It is made on the library's stack: half sent, it would spoil the session. The caller makes sure that no other
    /// packet is half sent and that the socket has room. No answer is wanted: libssh2 would keep each one for ever.
    func sendKeepalive() {
        libssh2_keepalive_config(pointer, 0, 2)
        var next: Int32 = 0
        _ = libssh2_keepalive_send(pointer, &next)
        libssh2_keepalive_config(pointer, 0, 0)
    }

    /// Sorts the answer of a call that returns 0, "again" or an error.
    func attempt(_ operation: String, _ number: Int32) throws -> Attempt<Void> {
        if number >= 0 { return .done(()) }
        return try attempt(operation, number, as: Void.self)
    }

    /// The same for a call that has already said that it is not done.
    func attempt<Value>(_ operation: String, _ number: Int32, as _: Value.Type) throws -> Attempt<Value> {
        if number == LIBSSH2_ERROR_EAGAIN { return .again }
        throw error(operation, number)
    }

    func error(_ operation: String, _ number: Int32) -> SSHError {
        let code = LibSSH2Error.code(for: number)
        if code == .connectionLost {
            return LibSSH2Error.connectionLost(operation, number: number, farewell: memory.farewell)
        }
        var words: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        _ = libssh2_session_last_error(pointer, &words, &length, 0)
        let said = words.map { String(cString: $0) } ?? ""
        return SSHError(
            code, operation, "\(operation) failed: \(said.isEmpty ? "libssh2 \(number)" : said)", number: number)
    }
}
