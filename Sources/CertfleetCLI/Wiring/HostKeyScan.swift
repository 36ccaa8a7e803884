import FleetModel
import SSHTransport

/// Asks hosts for their keys, side by side, without signing in and without trusting any.
struct HostKeyScan: Sendable {
    /// What a host showed.
    struct Shown: Sendable {
        let host: Host
        let result: Result<[HostKey], Fault>
    }

    let signIn: HostSignIn

    func scan(_ hosts: [Host]) async -> [Shown] {
        let all = await withTaskGroup(of: (Int, Shown).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, await shown(host)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return all.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func shown(_ host: Host) async -> Shown {
        do {
            return Shown(host: host, result: .success(try await keys(of: host)))
        } catch let error as SSHError {
            return Shown(host: host, result: .failure(Fault(error, host: host)))
        } catch let fault as Fault {
            return Shown(host: host, result: .failure(fault.on(host.name)))
        } catch {
            return Shown(
                host: host, result: .failure(Fault("ssh.failed", .unreachable, host: host.name, "\(error)")))
        }
    }

    /// A bastion on the way is signed in to, and so its key has to be pinned already.
    private func keys(of host: Host) async throws -> [HostKey] {
        if host.ssh.transport == .ssh { return try await signIn.program.hostKeys(of: host, signIn) }
        let endpoint = HostSignIn.endpoint(host)
        let deadlines = HostSignIn.deadlines(host)
        guard let bastion = signIn.inventory.way(to: host).last else {
            return try await SSHClient.hostKeys(
                of: endpoint, addresses: try await signIn.access.addresses(of: host.address, port: endpoint.port),
                deadlines: deadlines, on: signIn.workers.next())
        }
        return try await signIn.through(bastion) {
            try await SSHClient.hostKeys(of: endpoint, through: $0, deadlines: deadlines)
        }
    }
}
