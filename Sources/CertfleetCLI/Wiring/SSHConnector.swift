import AgentProtocol
import CmdletSignatures
import FleetModel
import FoundationEssentials
import RemoteAgent
import SSHTransport

/// Reaches hosts over SSH and starts the agent on them: where transport and agent meet.
struct SSHConnector: HostConnecting {
    let signIn: HostSignIn
    let procedures: [Procedure]
    let signatures: SignatureTable

    func connect(_ host: Host, in pool: Pool, reason: String) async throws -> any HostSession {
        let opened = try await signIn.open(Bootstrap.commandLine, on: host)
        do {
            return try await AgentSession.start(
                over: pipe(opened, to: host), settings: settings(host, pool, reason: reason), clock: ContinuousClock())
        } catch let fault as Fault {
            await opened.close()
            throw fault.on(host.name)
        }
    }

    private func settings(_ host: Host, _ pool: Pool, reason: String) -> AgentSettings {
        var settings = AgentSettings(
            script: BuiltIn.agentScript,
            commands: QualifiedCommands(procedures: procedures, signatures: signatures).map(for: pool),
            module: pool.version.module(for: pool.type))
        settings.helloLimit = host.deadlines.hello
        settings.moduleLimit = max(host.deadlines.step, .seconds(60))
        settings.silenceLimit = host.deadlines.silence
        settings.heartbeat = min(.seconds(30), host.deadlines.silence / 3)
        settings.reason = reason
        // A former agent of ours ends two seconds after its line was cut; waiting there costs no further start.
        settings.waitForHolder = min(.seconds(20), host.deadlines.hello)
        return settings
    }

    private func pipe(_ opened: OpenCommand, to host: Host) -> AgentPipe {
        let command = opened.command
        return AgentPipe(
            read: {
                do {
                    switch try await command.read() {
                    case .output(let bytes): return .output(bytes)
                    case .errors(let bytes): return .errors(bytes)
                    case .end: return .end(exitStatus: nil)
                    }
                } catch let error as SSHError where error.code == .bastionLost {
                    // Not the host's fault, and to be told apart from it.
                    throw Fault(error, host: host)
                }
            },
            write: { try await command.write($0) }, close: { await opened.close() }, executor: opened.worker)
    }
}

/// Bare cmdlets to the names they have on the wire: the module comes from the product.
struct QualifiedCommands {
    let procedures: [Procedure]
    let signatures: SignatureTable

    func map(for pool: Pool) -> [String: String] {
        let own = procedures.filter { $0.types.contains(pool.type) && $0.versions.contains(pool.version) }
        var map: [String: String] = ["Get-TlsCertificate": "Certfleet\\Get-TlsCertificate"]
        for step in own.flatMap({ $0.prepare + $0.switching + $0.finally }) {
            for call in step.calls {
                guard let signature = signatures.signature(call.cmdlet) else { continue }
                map[call.cmdlet] = "\(module(signature.module, pool))\\\(signature.name)"
            }
        }
        return map
    }

    /// The reference's module names are documentation names for the products; on a server it is module or snap-in.
    private func module(_ documented: String, _ pool: Pool) -> String {
        switch documented {
        case "SkypeForBusiness", "ExchangePowerShell": pool.version.module(for: pool.type).name
        default: documented
        }
    }
}

extension Step {
    fileprivate var calls: [CallTemplate] {
        var calls = [verify?.call, clear, undo, late].compactMap { $0 }
        if case .call(let template) = operation { calls.append(template) }
        return calls
    }
}
