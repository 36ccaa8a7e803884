/// The three things that an agent's process is to us: its output, its input and its end.
///
/// Whoever opens the channel makes one; this room knows nothing of SSH.
package struct AgentPipe: Sendable {
    /// What comes out of the process.
    package enum Chunk: Sendable, Equatable {
        case output([UInt8])
        case errors([UInt8])
        /// No more of either; the exit status is a hint for people and may be missing or wrong.
        case end(exitStatus: Int32?)
    }

    /// Waits for the next bytes. A ``Fault`` that it throws keeps its code. Called by one task at a time; must end when ``close`` is called.
    package var read: @Sendable () async throws -> Chunk
    /// Writes all of the bytes. Called by one task at a time; must end when ``close`` is called.
    package var write: @Sendable ([UInt8]) async throws -> Void
    /// Ends input and channel; called once.
    package var close: @Sendable () async -> Void
    /// Where the session's own tasks run, so that they stay on the channel's thread; `nil`: anywhere.
    package var executor: (any TaskExecutor)?

    package init(
        read: @escaping @Sendable () async throws -> Chunk, write: @escaping @Sendable ([UInt8]) async throws -> Void,
        close: @escaping @Sendable () async -> Void, executor: (any TaskExecutor)? = nil
    ) {
        self.read = read
        self.write = write
        self.close = close
        self.executor = executor
    }
}
