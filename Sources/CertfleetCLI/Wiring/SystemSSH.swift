import FleetModel
import FoundationEssentials
import SSHTransport

/// The second door as the inventory means it: `transport: ssh`.
struct SystemSSH: Sendable {
    private let ssh: SSHProgram

    /// Variables that `ssh` and Kerberos look at, and the folder for temporary files.
    private static let variables = [
        "PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "KRB5CCNAME", "KRB5_CONFIG", "TMPDIR",
    ]

    init() {
        let environment = ProcessInfo.processInfo.environment
        ssh = SSHProgram(environment: environment.filter { Self.variables.contains($0.key) })
    }

    /// - Throws: ``SSHError``; ``Fault`` `ssh.bastion-…`.
    func open(_ command: String, on host: Host, _ signIn: HostSignIn) async throws -> OpenCommand {
        let worker = signIn.workers.next()
        return try await naming(signIn.inventory.way(to: host)) { bastions in
            let channel = try await ssh.run(
                command, on: Self.hop(host), through: bastions, worker: worker)
            return OpenCommand(command: channel, session: nil, worker: worker)
        }
    }

    /// - Throws: As ``open(_:on:_:)``.
    func hostKeys(of host: Host, _ signIn: HostSignIn) async throws -> [HostKey] {
        try await naming(signIn.inventory.way(to: host)) { bastions in
            try await ssh.hostKeys(
                of: Self.hop(host), through: bastions, worker: signIn.workers.next())
        }
    }

    /// Ends the connections to bastions.
    func close() async { await ssh.close() }

    /// What is said of a bastion becomes a fault under its name.
    private func naming<Value>(
        _ bastions: [Host], _ body: ([SSHProgram.Hop]) async throws -> Value
    ) async throws -> Value {
        do {
            return try await body(bastions.map(Self.hop))
        } catch let error as SSHError {
            let bastion = bastions.first { HostSignIn.endpoint($0).title == error.bastion }
            throw bastion.map { Fault(error, bastion: $0) as any Error } ?? error
        }
    }

    private static func hop(_ host: Host) -> SSHProgram.Hop {
        let keys = host.ssh.methods.compactMap { method -> SSHProgram.Key? in
            switch method {
            case .key: host.ssh.key.map { .file($0) }
            case .agent: .agent(fingerprint: host.ssh.agentKey)
            case .gssapi: .gssapi
            // The inventory's reader refuses these together with `transport: ssh`.
            case .password, .keyboardInteractive: nil
            }
        }
        return SSHProgram.Hop(
            HostSignIn.endpoint(host), knownHosts: [host.ssh.knownHosts, HostAccess.ownKnownHosts].compactMap { $0 },
            keys: keys, deadlines: HostSignIn.deadlines(host))
    }
}

extension Inventory {
    /// How many open files a host that is connected takes at most.
    var descriptorsPerHost: Int {
        pools.contains { $0.hosts.contains { $0.ssh.transport == .ssh } } ? SSHProgram.descriptors : 1
    }
}
