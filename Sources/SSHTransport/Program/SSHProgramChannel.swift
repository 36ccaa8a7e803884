/// A command that the system's `ssh` program runs on a host. Letting go of it ends the program.
package final class SSHProgramChannel: SSHCommand {
    let run: ProgramRun

    /// The worker that carries it: the executor to prefer for tasks that talk to it.
    package var worker: SSHWorker { run.worker }

    init(_ run: ProgramRun) { self.run = run }

    deinit {
        let run = run
        Task(executorPreference: run.worker) { _ = await run.close() }
    }

    /// Waits for more output, as ``SSHCommand`` says.
    package nonisolated(nonsending) func read() async throws -> SSHOutput { try await run.read() }

    /// Hands all the bytes to the program; it may hold some of them back.
    package nonisolated(nonsending) func write(_ bytes: [UInt8]) async throws { try await run.write(bytes) }

    /// Ends the program's input, and with it the command's.
    package nonisolated(nonsending) func closeInput() async throws { try await run.closeInput() }

    /// The status is 255 also when a signal ended the command.
    @discardableResult
    package nonisolated(nonsending) func close() async -> SSHExit? { await run.close() }

    /// The server's version line: `SSH-2.0-OpenSSH_for_Windows_9.5`.
    package var serverBanner: String { get async { await run.serverVersion } }
    /// The way to sign in that the server accepted: `publickey`, `gssapi-with-mic`, ….
    package var acceptedMethod: String { get async { await run.acceptedMethod } }
    /// The key the host showed, as `ssh-ed25519 SHA256:…`.
    package var hostKey: String? { get async { await run.hostKey } }
}
