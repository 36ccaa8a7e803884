import FleetModel
import SSHTransport

/// Asks hosts for their keys, side by side, without signing in and without trusting any.
struct HostKeyScan: Sendable {
    /// What a host showed.
    struct Shown: Sendable {
        let host: Host
        let result: Result<[HostKey], Fault>
    }

    let access: HostAccess

    func scan(_ hosts: [Host]) async throws -> [Shown] {
        let workers = try SSHWorkers()
        let all = await withTaskGroup(of: (Int, Shown).self) { group in
            for (index, host) in hosts.enumerated() {
                let worker = workers.next()
                group.addTask(executorPreference: worker) { (index, await shown(host, on: worker)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return all.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func shown(_ host: Host, on worker: SSHWorker) async -> Shown {
        do {
            let port = UInt16(clamping: host.ssh.port)
            let keys = try await SSHClient.hostKeys(
                of: SSHEndpoint(host: host.address, port: port, user: host.ssh.user),
                addresses: try await access.addresses(of: host.address, port: port),
                deadlines: SSHDeadlines(connect: host.deadlines.connect, handshake: host.deadlines.signIn), on: worker)
            return Shown(host: host, result: .success(keys))
        } catch let error as SSHError {
            return Shown(host: host, result: .failure(Fault(error, host: host)))
        } catch {
            return Shown(
                host: host, result: .failure(Fault("ssh.failed", .unreachable, host: host.name, "\(error)")))
        }
    }
}
