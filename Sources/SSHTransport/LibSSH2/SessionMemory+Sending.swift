import Glibc

/// To send costs more than all else that is done for a packet: the other side is woken for each. So what is sure to be
/// followed by more at once, and what nobody waits for, leaves together with the next packet (`MSG_MORE`, send(2)); if none
/// comes, the system sends it after 200 ms (tcp(7), `TCP_CORK`).
extension SessionMemory {
    /// Writes to the socket, or into the tunnel.
    ///
    /// - Returns: How many bytes; a negative `errno` otherwise.
    func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) -> Int {
        if let tunnel { return tunnel.send(bytes) }
        hasHeldBack = moreFollows || isShakingHands && Self.areNewKeys(bytes)
        let count = Glibc.send(socket, bytes.baseAddress, bytes.count, hasHeldBack ? flags | Int32(MSG_MORE) : flags)
        return count >= 0 ? count : -Int(errno)
    }

    /// Has the system send what it keeps, for the other side may wait for it.
    func push(_ socket: Int32) {
        guard hasHeldBack else { return }
        hasHeldBack = false
        // Set once more, it sends what is there (`__tcp_sock_set_nodelay` in the kernel).
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// SSH_MSG_NEWKEYS (RFC 4253 §7.3), not encrypted yet: its length, that of its padding, 21, ten bytes of padding. When the
    /// server's has come already, libssh2 asks for a service right behind it.
    private static func areNewKeys(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count == 16 && bytes[5] == 21 }
}
