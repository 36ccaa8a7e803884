extension SSHSession {
    /// Starts a command, without a terminal.
    ///
    /// - Parameter command: As it is handed to the login shell of the other side. It shows in process lists there.
    /// - Throws: ``SSHError``: `channelRefused`, `commandRefused`, `unresponsive`, `connectionLost`, ….
    package func openExec(_ command: String) async throws -> SSHChannel {
        let deadline = try deadline(deadlines.channel)
        guard let handle = resources.handle else { throw lost("open channel") }
        let channel: ChannelHandle
        do {
            channel = try await openChannel(handle, deadline)
        } catch let error as SSHError where error.code == .channelRefused {
            var error = error
            error.message = "the server allows no further channel"
            error.hint = "check MaxSessions in its sshd_config"
            throw error
        }
        do {
            try await perform("start command", by: deadline, leaving: .fatal) { try channel.start(command) }
        } catch let error as SSHError where error.code == .channelRefused {
            if failure == nil { channel.free() }
            var error = error
            error.code = .commandRefused
            error.message = "the server refuses to run a command"
            error.hint = "see ForceCommand in its sshd_config, and the account's shell there"
            throw error
        }
        return SSHChannel(self, resources.open(channel))
    }

    private func openChannel(_ handle: SessionHandle, _ deadline: Deadline) async throws -> ChannelHandle {
        try await takeTurnToOpen(deadline)
        defer { giveOpening() }
        return try await perform("open channel", by: deadline, leaving: .fatal) { try handle.openChannel() }
    }

    /// libssh2 goes on with one opening whoever asks for another.
    private func takeTurnToOpen(_ deadline: Deadline) async throws {
        while isOpening {
            try Task.checkCancellation()
            guard failure == nil, let socket = resources.socket else { throw lost("open channel") }
            if deadline.hasPassed {
                throw SSHError(
                    .unresponsive, "open channel", "open channel was not done within \(deadline.limit.words)")
            }
            await nextChange(of: socket.readiness)
        }
        guard canOpen else {
            throw SSHError(
                .sessionClosed, "open channel",
                "an opening was given up on this connection, and it opens nothing more",
                hint: "connect again")
        }
        isOpening = true
    }

    private func check(_ channel: ChannelState, _ operation: String) throws {
        if channel.isClosed { throw SSHError(.channelClosed, operation, "the channel is closed") }
    }

    func read(_ channel: ChannelState) async throws -> SSHOutput {
        try check(channel, "read")
        do {
            var turns = Turns(takeNumber(), "read", leaving: .harmless)
            while channel.pending.isEmpty {
                let next = try waitForMore(channel) ?? turn(&turns) { try hasMore(channel) }
                if next.isDone { break }
                await wait(for: next, reading: channel)
            }
        } catch {
            // What came before the line was cut is still worth having, and so is the command's own end.
            guard !channel.pending.isEmpty || channel.hasEnded else { throw error }
        }
        return channel.pending.take() ?? .end
    }

    /// Whether something can be read now, and be it the end.
    private func hasMore(_ channel: ChannelState) throws -> Bool {
        if channel.isClosed { return true }
        _ = try pull(channel)
        return !channel.pending.isEmpty || channel.handle.isAtEnd
    }

    func write(_ bytes: [UInt8], to channel: ChannelState) async throws {
        try check(channel, "write")
        while channel.isWriting {
            try Task.checkCancellation()
            guard failure == nil, let socket = resources.socket else { throw lost("write") }
            channel.waitingWriters += 1
            await nextChange(of: socket.readiness)
            channel.waitingWriters -= 1
        }
        channel.isWriting = true
        defer {
            channel.isWriting = false
            if channel.waitingWriters > 0 { wakeAll() }
        }
        var rest = bytes[...]
        var turns = Turns(takeNumber(), "write", leaving: .harmless)
        while true {
            let next = try turn(&turns) {
                while !rest.isEmpty {
                    try check(channel, "write")
                    guard case .done(let count) = try channel.handle.write(rest) else {
                        // The other side's window is full. It may be waiting for us to read; but with a packet half sent,
                        // nothing may be read, for that can send as well.
                        if resources.handle?.wantsToWrite == false, try pull(channel) { wakeAll() }
                        return false
                    }
                    rest = rest.dropFirst(count)
                }
                return true
            }
            if next.isDone { return }
            await wait(for: next)
        }
    }

    func closeInput(_ channel: ChannelState) async throws {
        try check(channel, "close input")
        guard !channel.isInputClosed else { return }
        channel.isInputClosed = true
        try await perform("close input", leaving: .harmless) {
            guard !channel.isClosed, resources.hasRoom else {
                return channel.isClosed ? .done(()) : .again
            }
            return try channel.handle.sendEnd()
        }
    }

    func close(_ channel: ChannelState) async -> SSHExit? {
        guard !channel.isClosed else { return nil }
        channel.isClosed = true
        // Until then it is among those whose rest is taken when the connection ends meanwhile.
        defer { resources.close(channel) }
        wakeAll()
        guard failure == nil, let deadline = try? deadline(deadlines.close) else { return channel.exitBeforeTheEnd }
        do {
            try await perform("close channel", by: deadline, leaving: .harmless, heedsCancellation: false) {
                try channel.handle.close()
            }
        } catch {
            return channel.exitBeforeTheEnd
        }
        let exit = channel.handle.exit
        channel.handle.free()
        return exit
    }
}
