import AgentProtocol
import CmdletSignatures
import FleetModel
import FoundationEssentials
import RemoteAgent
import SSHTransport

/// Reaches hosts over SSH and starts the agent on them: where transport and agent meet.
struct SSHConnector: HostConnecting {
    let workers: SSHWorkers
    let secrets: SecretStore
    let access: HostAccess
    let trials = PasswordTrials()
    let procedures: [Procedure]
    let signatures: SignatureTable

    func connect(_ host: Host, in pool: Pool, reason: String) async throws -> any HostSession {
        let worker = workers.next()
        let session: SSHSession
        let channel: SSHChannel
        do {
            let port = UInt16(clamping: host.ssh.port)
            session = try await SSHClient.connect(
                to: SSHEndpoint(host: host.address, port: port, user: host.ssh.user),
                addresses: try await access.addresses(of: host.address, port: port),
                hostKeys: try await access.hostKeys(in: host.ssh.knownHosts),
                authentication: try await authentication(host),
                deadlines: SSHDeadlines(
                    connect: host.deadlines.connect, handshake: host.deadlines.signIn, signIn: host.deadlines.signIn),
                on: worker)
            await judge(host, session.acceptedMethod == "publickey" ? .refused : .accepted)
        } catch let error as SSHError {
            await judge(host, error.passwordWasRefused ? .refused : .undecided)
            throw Fault(error, host: host)
        } catch {
            await judge(host, .undecided)
            throw (error as? Fault)?.on(host.name) ?? error
        }
        do {
            channel = try await session.openExec(Bootstrap.commandLine)
        } catch let error as SSHError {
            await session.close()
            throw Fault(error, host: host)
        }
        do {
            return try await AgentSession.start(
                over: pipe(channel, session: session, worker: worker),
                settings: settings(host, pool, reason: reason), clock: ContinuousClock())
        } catch let fault as Fault {
            await session.close()
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

    private func pipe(_ channel: SSHChannel, session: SSHSession, worker: SSHWorker) -> AgentPipe {
        AgentPipe(
            read: {
                switch try await channel.read() {
                case .output(let bytes): return .output(bytes)
                case .errors(let bytes): return .errors(bytes)
                case .end: return .end(exitStatus: nil)
                }
            },
            write: { try await channel.write($0) },
            close: {
                _ = await channel.close()
                await session.close()
            },
            executor: worker)
    }

    // MARK: Signing in

    private func authentication(_ host: Host) async throws -> [SSHAuthentication] {
        var ways: [SSHAuthentication] = []
        for method in host.ssh.methods { ways.append(try await way(method, host)) }
        return ways
    }

    private func way(_ method: SSHSettings.Method, _ host: Host) async throws -> SSHAuthentication {
        let settings = host.ssh
        switch method {
        case .key:
            guard let path = settings.key else { throw missing("a key file", "key") }
            return try await access.key(path, passphrase: settings.passphrase)
        case .agent:
            guard let socket = ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"] else {
                throw Fault(
                    "ssh.no-agent", .refused, "auth: agent is wanted, and SSH_AUTH_SOCK is not set",
                    hint: "start one: eval $(ssh-agent) && ssh-add")
            }
            return .agent(socket: socket, fingerprint: settings.agentKey)
        case .password:
            guard let name = settings.password else { throw missing("a password", "password") }
            return .password(password(name, settings.user, host))
        case .keyboardInteractive:
            guard let name = settings.password else { throw missing("a password", "password") }
            return .keyboardInteractive(password(name, settings.user, host))
        }
    }

    private func missing(_ what: String, _ key: String) -> Fault {
        Fault(
            "ssh.no-credentials", .refused, "\(what) is wanted, and the inventory's ssh names none",
            hint: "ssh: { \(key): … }")
    }

    /// A password is brought when it is this host's turn to be shown it (``PasswordTrials``).
    private func password(_ name: String, _ user: String, _ host: Host) -> SSHSecretSource {
        { [secrets, trials] in
            let secret = try await secrets.secret(name)
            try await trials.permit(.init(user: user, secret: name), on: host.name)
            return secret.revealed
        }
    }

    /// Only counts for a host that has been permitted to show its password.
    private func judge(_ host: Host, _ outcome: PasswordTrials.Outcome) async {
        guard let name = host.ssh.password else { return }
        await trials.ended(.init(user: host.ssh.user, secret: name), on: host.name, outcome)
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
        var calls = [verify?.call, clear, undo].compactMap { $0 }
        if case .call(let template) = operation { calls.append(template) }
        return calls
    }
}
