package import CmdletSignatures
import FleetModel
package import FoundationEssentials
import Glibc

/// A simulated Windows host for the length of one connection: what sshd starts in place of `powershell.exe`.
///
/// It checks the command line, the bootstrap's delivery and the agent's text byte for byte, speaks the agent protocol
/// on its standard streams, and carries out the cmdlets on the host's state folder with real cryptography.
package struct LabHost: Sendable {
    /// The host's state folder, as ``HostState`` lays it out.
    package var folder: String
    /// The agent's text as the coordinator must send it.
    package var agentScript: String
    package var signatures: SignatureTable
    package var timing = LabTiming()
    /// Cuts the SSH line from outside; `false` when there is none to cut. Tests put their own here.
    package var cut: @Sendable () -> Bool = { LineCutting.cut() }

    package init(folder: String, agentScript: String, signatures: SignatureTable) {
        self.folder = folder
        self.agentScript = agentScript
        self.signatures = signatures
    }

    /// The whole program `lab host`: on standard input and output, until the conversation ends.
    ///
    /// - Parameters:
    ///   - environment: `SSH_ORIGINAL_COMMAND` must be the protocol's command line.
    ///   - signatures: the texts of the signature files.
    /// - Returns: The exit code: the agent's own, or 1 when something else than the agent was asked for.
    package static func run(
        folder: String, environment: [String: String], agentScript: String, signatures: [String]
    ) async -> Int32 {
        let channel = HostChannel()
        do {
            let host = LabHost(
                folder: folder, agentScript: agentScript, signatures: try SignatureTable(texts: signatures))
            return await host.run(originalCommand: environment["SSH_ORIGINAL_COMMAND"], on: channel)
        } catch {
            channel.complain("\(error)\n")
            await channel.drained()
            return 1
        }
    }

    /// One conversation on a channel. A broken pipe must not end the process, so `SIGPIPE` and `SIGHUP` are ignored from
    /// here on.
    ///
    /// - Returns: The exit code.
    package func run(originalCommand: String?, on channel: HostChannel) async -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        defer { channel.stop() }
        do {
            try CommandLineCheck.check(originalCommand)
            let state = HostState(folder: folder)
            let identity = try state.identity()
            var conversation = HostConversation(host: self, state: state, identity: identity, channel: channel)
            let code = await conversation.run()
            await channel.drained()
            return code
        } catch let refusal as CommandLineCheck.Refusal {
            channel.complain(refusal.text)
        } catch {
            channel.complain("\(error)\r\n")
        }
        await channel.drained()
        return 1
    }
}

/// Clocks of a simulated host; tests put their own here.
package struct LabTiming: Sendable {
    package var now: @Sendable () -> Date = { Date() }
    package var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// How long a call goes on after its line was cut, as on Windows.
    package var grace: Duration = .seconds(2)

    package init() {}
}
