import FleetModel
import FoundationEssentials
import SSHTransport

/// A command that runs on a host.
struct OpenCommand: Sendable {
    let command: any SSHCommand
    /// What carries it, when that has to be closed too.
    let session: SSHSession?
    let worker: SSHWorker

    func close() async {
        await command.close()
        await session?.close()
    }
}

/// Connects to hosts and signs in, through the bastions before them.
struct HostSignIn: Sendable {
    let inventory: Inventory
    let workers: SSHWorkers
    let secrets: SecretStore
    let access: HostAccess
    let trials = PasswordTrials()
    let bastions = BastionLines()
    let program = SystemSSH()

    /// Starts a command on a host, by the door that the inventory names for it.
    ///
    /// - Throws: ``Fault`` with code `ssh.…`; what is wrong with a bastion itself is `ssh.bastion-…`.
    func open(_ command: String, on host: Host) async throws -> OpenCommand {
        do {
            if host.ssh.transport == .ssh { return try await program.open(command, on: host, self) }
            let session = try await reach(host)
            do {
                return OpenCommand(
                    command: try await session.openExec(command), session: session, worker: session.worker)
            } catch {
                await session.close()
                throw error
            }
        } catch let error as SSHError {
            throw Fault(error, host: host)
        } catch {
            throw (error as? Fault)?.on(host.name) ?? error
        }
    }

    /// Ends what the system's `ssh` has running for bastions. The library's connections end with their last holder.
    func close() async { await program.close() }

    private func reach(_ host: Host) async throws -> SSHSession {
        guard let bastion = inventory.way(to: host).last else {
            let addresses = try await access.addresses(of: host.address, port: Self.endpoint(host).port)
            return try await signIn(to: host) { keys, ways in
                try await SSHClient.connect(
                    to: Self.endpoint(host), addresses: addresses, hostKeys: keys, authentication: ways,
                    deadlines: Self.deadlines(host), on: workers.next())
            }
        }
        return try await through(bastion) { line in
            try await signIn(to: host) { keys, ways in
                try await SSHClient.connect(
                    to: Self.endpoint(host), through: line, hostKeys: keys, authentication: ways,
                    deadlines: Self.deadlines(host))
            }
        }
    }

    private func signIn(
        to host: Host, _ connect: (HostKeyPolicy, [SSHAuthentication]) async throws -> SSHSession
    ) async throws -> SSHSession {
        do {
            let session = try await connect(
                try await access.hostKeys(in: host.ssh.knownHosts), try await authentication(host))
            await judge(host, await session.acceptedMethod == "publickey" ? .refused : .accepted)
            return session
        } catch {
            await judge(host, (error as? SSHError)?.passwordWasRefused == true ? .refused : .undecided)
            throw error
        }
    }

    // MARK: Bastions

    /// Does something over the one connection to a bastion.
    ///
    /// When that turns out to be lost, or to open nothing more, a fresh one is tried, once. What was given up for another
    /// host's sake does not count: nothing was tried for this one.
    ///
    /// - Throws: What `body` throws; ``Fault`` `ssh.bastion-…` when the bastion cannot be signed in to.
    func through<Value>(_ bastion: Host, _ body: (SSHSession) async throws -> Value) async throws -> Value {
        var isSecond = false
        while true {
            let line = try await bastions.line(to: bastion) { try await signIn(toBastion: bastion) }
            do {
                return try await body(line.session)
            } catch let error as SSHError where error.isOfBastion {
                await bastions.drop(line)
                if error.code == .bastionSpent { continue }
                guard !isSecond else { throw error }
                isSecond = true
            }
        }
    }

    private func signIn(toBastion bastion: Host) async throws -> SSHSession {
        do {
            return try await reach(bastion)
        } catch let error as SSHError {
            throw Fault(error, bastion: bastion)
        }
    }

    static func endpoint(_ host: Host) -> SSHEndpoint {
        SSHEndpoint(
            host: host.address, port: UInt16(clamping: host.ssh.port), user: host.ssh.user,
            title: host.name == host.address ? host.name : "\(host.name) (\(host.address))",
            group: host.ssh.group.map { SSHServerGroup(name: $0.description, perSecond: $0.handshakesPerSecond) })
    }

    static func deadlines(_ host: Host) -> SSHDeadlines {
        SSHDeadlines(
            connect: host.deadlines.connect, handshake: host.deadlines.signIn, signIn: host.deadlines.signIn)
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
        case .gssapi:
            // The inventory's reader refuses it without `transport: ssh`.
            throw Fault(
                "ssh.no-credentials", .refused, "libssh2 does not know gssapi", hint: "ssh: { transport: ssh }")
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
            do {
                try await trials.permit(.init(user: user, secret: name), on: host.name)
            } catch let fault as Fault {
                // A later way of this host's order may still let us in.
                throw SSHSecretWithheld(reason: fault.message, hint: fault.hint)
            }
            return secret.revealed
        }
    }

    /// Only counts for a host that has been permitted to show its password.
    private func judge(_ host: Host, _ outcome: PasswordTrials.Outcome) async {
        guard let name = host.ssh.password else { return }
        await trials.ended(.init(user: host.ssh.user, secret: name), on: host.name, outcome)
    }
}
