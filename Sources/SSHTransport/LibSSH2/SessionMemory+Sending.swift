import Glibc

/// What libssh2 sends goes into the worker's ``SendBatch`` and counts as sent. What the system has no room for when that
/// leaves is kept here, and until it has gone libssh2 hears "again".
extension SessionMemory {
    /// Writes to the socket, or into the tunnel.
    ///
    /// - Returns: How many bytes; a negative `errno` otherwise.
    func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) -> Int {
        if let tunnel { return tunnel.send(bytes) }
        if let batch, sendFailure == 0, unsent.isEmpty, batch.take(bytes, of: self, for: socket, flags) {
            return bytes.count
        }
        // For a long packet the batch has made room: what was sent before may have failed, or filled the socket.
        guard sendFailure == 0 else { return -Int(sendFailure) }
        guard unsent.isEmpty else { return -Int(EAGAIN) }
        return Self.sendNow(bytes, to: socket, flags)
    }

    /// Sends what counts as sent already, behind what is left of what was sent before.
    func transmit(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) {
        guard sendFailure == 0 else { return }
        var count = 0
        if unsent.isEmpty {
            count = Self.sendNow(bytes, to: socket, flags)
            if count == bytes.count { return }
            guard count >= 0 || count == -Int(EAGAIN) else { return fail(Int32(-count)) }
        }
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

    /// Sends what waits, for the connection ends next. libssh2 would say more when it is freed (the ends of channels), after
    /// which the descriptor is another's: that goes nowhere.
    func finishSending() {
        batch?.flush(before: self)
        end(EPIPE)
    }

    /// Whoever uses the session next hears of it.
    private func fail(_ number: Int32) {
        end(number)
        readiness?.wakeAll()
    }

    private func end(_ number: Int32) {
        sendFailure = number
        unsent = []
        readiness?.onChange = nil
    }

    private static func sendNow(_ bytes: UnsafeRawBufferPointer, to socket: Int32, _ flags: Int32) -> Int {
        while true {
            let count = Glibc.send(socket, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return count }
            if errno != EINTR { return -Int(errno) }
        }
    }
}
