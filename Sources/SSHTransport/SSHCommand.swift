/// A running command on another machine, whichever door led there: the library (``SSHChannel``) or the system's `ssh`
/// program (``SSHProgramChannel``). Both keep the same promises, held to them by one suite of tests.
package protocol SSHCommand: AnyObject, Sendable {
    /// Waits for more output. After `.end` comes `.end` again; a read that waits while somebody closes ends so too.
    ///
    /// - Throws: ``SSHError`` with code `connectionLost` (or `bastionLost`) when the connection ends first,
    ///   `channelClosed` after ``close()``; `CancellationError`, which does the command no harm.
    nonisolated(nonsending) func read() async throws -> SSHOutput
    /// Sends all the bytes. Somebody has to read meanwhile.
    nonisolated(nonsending) func write(_ bytes: [UInt8]) async throws
    /// Tells the command that no more input comes. A second call does nothing.
    nonisolated(nonsending) func closeInput() async throws
    /// Ends the command if it has not ended. Works in a cancelled task too.
    ///
    /// - Returns: What was said about the command's end; nil when nothing was, or it had been closed before.
    @discardableResult
    nonisolated(nonsending) func close() async -> SSHExit?
}

extension SSHChannel: SSHCommand {}
