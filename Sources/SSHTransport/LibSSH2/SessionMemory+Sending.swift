import Glibc

/// What libssh2 sends goes into the worker's ``SendBatch`` and counts as sent. What the system has no room for when that
/// leaves is kept here, and until it has gone libssh2 hears "again".
extension SessionMemory {
    /// Writes to the socket, or into the tunnel.
    ///
    /// - Returns: How many bytes; a negative `errno` otherwise.
    func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) -> Int {
        if let tunnel { return tunnel.send(bytes) }
        guard sendFailure == 0 else { return -Int(sendFailure) }
        guard let batch else { return Self.sendNow(bytes, to: socket, flags) }
        guard unsent.isEmpty else { return -Int(EAGAIN) }
        if batch.take(bytes, of: self, for: socket, flags) { return bytes.count }
        // What was sent before it may have failed, or have filled the socket.
        guard sendFailure == 0, unsent.isEmpty else { return sendFailure == 0 ? -Int(EAGAIN) : -Int(sendFailure) }
        return Self.sendNow(bytes, to: socket, flags)
    }

    /// Sends what counts as sent already.
    func transmit(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) {
        let count = sendFailure == 0 ? Self.sendNow(bytes, to: socket, flags) : bytes.count
        if count == bytes.count { return }
        guard count >= 0 || count == -Int(EAGAIN) else { return fail(Int32(-count)) }
        unsent += bytes[max(0, count)...]
        // The system tells as soon as there is room.
        readiness?.onChange = { [weak self] in self?.sendRest(to: socket, flags) }
    }

    private func sendRest(to socket: Int32, _ flags: Int32) {
        let count = unsent.withUnsafeBytes { Self.sendNow($0, to: socket, flags) }
        guard count >= 0 || count == -Int(EAGAIN) else { return fail(Int32(-count)) }
        unsent.removeFirst(max(0, count))
        if unsent.isEmpty { readiness?.onChange = nil }
    }

    /// Whoever uses the session next hears of it.
    private func fail(_ number: Int32) {
        sendFailure = number
        unsent = []
        readiness?.onChange = nil
        readiness?.wakeAll()
    }

    private static func sendNow(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) -> Int {
        while true {
            let count = Glibc.send(socket, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }
}
