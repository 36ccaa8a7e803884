import CLibSSH2

/// Owns one `LIBSSH2_CHANNEL` and keeps its session alive. A channel that is not freed goes with its session.
final class ChannelHandle {
    private var pointer: OpaquePointer?
    private let session: SessionHandle
    /// Its number on this side.
    private let number: UInt32?

    /// - Parameter pointer: Of the channel that was opened last.
    init(_ pointer: OpaquePointer, of session: SessionHandle) {
        self.pointer = pointer
        self.session = session
        number = session.memory.told.opened
    }

    /// The pointer, unless it has been freed, with its session or before it.
    private func live(_ operation: String) throws -> OpaquePointer {
        guard let pointer, session.pointer != nil else {
            throw SSHError(.channelClosed, operation, "the channel is closed")
        }
        return pointer
    }

    func start(_ command: String) throws -> Attempt<Void> {
        let channel = try live("start command")
        return try session.attempt(
            "start command",
            libssh2_channel_process_startup(channel, "exec", 4, command, UInt32(command.utf8.count)))
    }

    /// Whether the last call that answered "again" has left a packet half sent.
    var hasHalfSent: Bool { session.wantsToWrite }

    /// What is there, at most 32 KiB; empty: the end, or nothing at the moment (``isAtEnd`` tells).
    ///
    /// It first takes all that the socket has, of every channel.
    func read(errors: Bool, through buffer: ReadBuffer) throws -> Attempt<[UInt8]> {
        let channel = try live("read")
        let count = buffer.bytes.withMemoryRebound(to: CChar.self) {
            libssh2_channel_read_ex(channel, errors ? SSH_EXTENDED_DATA_STDERR : 0, $0.baseAddress, $0.count)
        }
        return count >= 0
            ? .done(buffer.first(count)) : try session.attempt("read", Int32(clamping: count), as: [UInt8].self)
    }

    /// Whether something of one of the two outputs has come and is still to be read; nil: neither. Touches no socket.
    var waitingOutput: Bool? {
        guard let channel = try? live("read"), libssh2_poll_channel_read(channel, 1) > 0 else { return nil }
        // With 0 it looks for standard output alone, with 1 for both.
        return libssh2_poll_channel_read(channel, 0) <= 0
    }

    /// Whether all that has come of it has been read, and more may come.
    var isQuiet: Bool { waitingOutput == nil && !isAtEnd }

    /// Whether the other side has said that nothing more comes, and all of it has been read.
    var isAtEnd: Bool { (try? live("read")).map { libssh2_channel_eof($0) != 0 } ?? true }

    /// Sends some of the bytes and says how many. After "again" the same bytes have to be offered.
    func write(_ bytes: ArraySlice<UInt8>) throws -> Attempt<Int> {
        let channel = try live("write")
        let count = bytes.withUnsafeBytes { buffer in
            buffer.withMemoryRebound(to: CChar.self) { libssh2_channel_write_ex(channel, 0, $0.baseAddress, $0.count) }
        }
        if count > 0 { return .done(count) }
        return count == 0 ? .again : try session.attempt("write", Int32(clamping: count), as: Int.self)
    }

    /// libssh2 keeps this packet on its stack, so a second try from elsewhere would be refused: the caller makes sure
    /// that the socket has room for it.
    func sendEnd() throws -> Attempt<Void> {
        try session.attempt("close input", libssh2_channel_send_eof(try live("close input")))
    }

    /// Closes and waits for the other side to do the same.
    func close() throws -> Attempt<Void> {
        try session.attempt("close channel", libssh2_channel_close(try live("close channel")))
    }

    /// What the server said about the end of the command; before the other side has closed it says nothing.
    var exit: SSHExit? {
        guard let channel = try? live("close channel") else { return nil }
        var name: UnsafeMutablePointer<CChar>?
        var length = 0
        _ = libssh2_channel_get_exit_signal(channel, &name, &length, nil, nil, nil, nil)
        defer { if let name { libssh2_free(session.pointer, name) } }
        return SSHExit(
            status: libssh2_channel_get_exit_status(channel),
            signal: name.map { PeerText.clean(String(cString: $0).utf8.prefix(64)) })
    }

    /// What the server has said about the end of the command so far, also after all has been freed; nil: nothing.
    var toldExit: SSHExit? { number.flatMap { session.memory.told.exit(of: $0) } }

    /// A second call does nothing. What would have to wait for the network is left to the session's own end.
    func free() {
        guard let channel = try? live("close channel") else { return }
        if libssh2_channel_free(channel) == 0 {
            pointer = nil
            if let number { session.memory.told.forget(number) }
        }
    }
}
