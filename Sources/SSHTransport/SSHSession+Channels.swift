extension SSHSession {
    /// Starts a command, without a terminal.
    ///
    /// - Parameter command: As it is handed to the login shell of the other side. It shows in process lists there.
    /// - Throws: ``SSHError``: `channelRefused`, `timedOut`, `connectionLost`, ….
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
            error.message = "the server refuses to run a command"
            error.hint = "see ForceCommand in its sshd_config, and the account's shell there"
            throw error
        }
        let number = takeNumber()
        channels[number] = ChannelState(channel)
        return SSHChannel(self, number: number)
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
                    .timedOut, "open channel", "open channel was not done within \(deadline.limit.words)")
            }
            await change(of: socket.readiness, since: socket.readiness.changes)
        }
        guard canOpen else {
            throw SSHError(
                .channelRefused, "open channel",
                "an opening was given up on this connection, and it opens nothing more",
                hint: "connect again")
        }
        isOpening = true
    }

    private func open(_ number: Int, _ operation: String) throws -> ChannelState {
        if let channel = channels[number], !channel.isClosed { return channel }
        throw SSHError(.channelClosed, operation, "the channel is closed")
    }

    func read(channel number: Int) async throws -> SSHOutput {
        let channel = try open(number, "read")
        if let output = channel.takePending() { return output }
        return try await perform("read", leaving: .harmless) {
            guard !channel.isClosed else { return .done(.end) }
            do {
                _ = try pull(channel)
            } catch {
                // What came before the line was cut is still worth having; the next call throws.
                guard let output = channel.takePending() else { throw error }
                return .done(output)
            }
            if let output = channel.takePending() { return .done(output) }
            return channel.handle.isAtEnd ? .done(.end) : .again
        }
    }

    func write(_ bytes: [UInt8], channel number: Int) async throws {
        let channel = try open(number, "write")
        while channel.isWriting {
            try Task.checkCancellation()
            guard failure == nil, let socket = resources.socket else { throw lost("write") }
            await change(of: socket.readiness, since: socket.readiness.changes)
        }
        channel.isWriting = true
        defer {
            channel.isWriting = false
            wakeAll()
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try await perform("write", leaving: .harmless) {
                guard !channel.isClosed else { throw SSHError(.channelClosed, "write", "the channel is closed") }
                let answer = try channel.handle.write(rest)
                // The other side's window is full. It may be waiting for us to read; but with a packet half sent, nothing
                // may be read, for that can send as well.
                if case .again = answer, resources.handle?.wantsToWrite == false, try pull(channel) { wakeAll() }
                return answer
            }
            rest = rest.dropFirst(count)
        }
    }

    func closeInput(channel number: Int) async throws {
        let channel = try open(number, "close input")
        guard !channel.isInputClosed else { return }
        channel.isInputClosed = true
        try await perform("close input", leaving: .harmless) {
            guard !channel.isClosed, resources.socket?.isWritable == true else {
                return channel.isClosed ? .done(()) : .again
            }
            return try channel.handle.sendEnd()
        }
    }

    func close(channel number: Int) async -> SSHExit? {
        guard let channel = channels.removeValue(forKey: number) else { return nil }
        channel.isClosed = true
        wakeAll()
        guard failure == nil, let deadline = try? deadline(deadlines.close) else { return nil }
        do {
            try await perform("close channel", by: deadline, leaving: .harmless, heedsCancellation: false) {
                try channel.handle.close()
            }
        } catch {
            return nil
        }
        let exit = channel.handle.exit
        channel.handle.free()
        return exit
    }
}
