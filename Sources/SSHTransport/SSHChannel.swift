import Synchronization

/// What came out of a command.
package enum SSHOutput: Hashable, Sendable {
    /// Bytes of its standard output.
    case output([UInt8])
    /// Bytes of its standard error. The order between the two is not kept by the protocol's windows.
    case errors([UInt8])
    /// Nothing more comes.
    case end
}

/// What the server said about the end of a command: a hint only.
///
/// The status is 0 also when the server said nothing, and Windows gives statuses of its own.
package struct SSHExit: Hashable, Sendable {
    /// The exit status.
    package let status: Int32
    /// The name of the signal that ended it (`KILL`), where there was one.
    package let signal: String?
}

/// One running command. It keeps its session alive; letting go of it closes the channel.
///
/// Reading and writing go on at the same time, from two tasks if need be. Somebody has to read: what a command writes
/// while nobody reads is kept up to 4 MiB, then the command has to wait, and with it whoever writes to it.
package final class SSHChannel: Sendable {
    /// The session the channel belongs to.
    package let session: SSHSession
    private let state: ChannelState
    /// Whether ``close()`` has been called.
    private let isClosed = Atomic(false)

    init(_ session: SSHSession, _ state: ChannelState) {
        self.session = session
        self.state = state
    }

    deinit {
        if isClosed.load(ordering: .relaxed) { return }
        let (session, state) = (session, state)
        Task(executorPreference: session.worker) { _ = await session.close(state) }
    }

    /// Waits for more output.
    ///
    /// - Returns: Some bytes, or `.end`, then again and again.
    /// - Throws: ``SSHError`` with code `connectionLost` when the connection ends first, `channelClosed` after
    ///   ``close()``; `CancellationError` when the task is cancelled, which does the channel no harm.
    package nonisolated(nonsending) func read() async throws -> SSHOutput { try await session.read(state) }

    /// Sends all the bytes. Writes of several tasks are not mixed.
    ///
    /// - Throws: As ``read()``. When a write is cancelled, nobody knows how much of it was sent; and if a packet was
    ///   half sent, the session cannot be used any more.
    package nonisolated(nonsending) func write(_ bytes: [UInt8]) async throws {
        try await session.write(bytes, to: state)
    }

    /// Tells the command that no more input comes. A second call does nothing.
    package nonisolated(nonsending) func closeInput() async throws { try await session.closeInput(state) }

    /// Closes the channel and waits, shortly, for the other side to do the same. Works in a cancelled task too.
    ///
    /// Read to the end before: what is unread is lost.
    /// - Returns: What the server said about the command's end; nil when it did not close in time, or the connection was
    ///   lost before all of that and of the output had come, or the channel had been closed before.
    @discardableResult
    package nonisolated(nonsending) func close() async -> SSHExit? {
        isClosed.store(true, ordering: .relaxed)
        return await session.close(state)
    }
}
