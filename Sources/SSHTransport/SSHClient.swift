/// The door to SSH.
package enum SSHClient {
    /// Connects, checks the host's key, signs in.
    ///
    /// The addresses are tried in turn, each with the connect deadline of its own. Cancelling the task ends the attempt.
    /// It waits while too many others are being opened, in this process (256) or at this server (8), or have begun within
    /// the last second (200, 8), and tries a server that sheds connections before they have signed in (sshd's MaxStartups)
    /// again, ever more slowly, until the connect deadline.
    ///
    /// - Parameters:
    ///   - endpoint: Whose key is pinned, and who signs in.
    ///   - addresses: Where to connect (``SSHAddress/resolve(_:port:)``).
    ///   - hostKeys: Which keys are accepted.
    ///   - authentication: The ways to sign in, tried in order, each at most once. A password that was refused is not
    ///     sent a second time, not even by another way.
    ///   - worker: The thread that will carry the session. The calling task does best to run on it.
    /// - Throws: ``SSHError``; nothing is left open then.
    package nonisolated(nonsending) static func connect(
        to endpoint: SSHEndpoint, addresses: [SSHAddress], hostKeys: HostKeyPolicy,
        authentication: [SSHAuthentication], deadlines: SSHDeadlines = SSHDeadlines(), on worker: SSHWorker
    ) async throws -> SSHSession {
        try await open(endpoint, .addresses(addresses), hostKeys, authentication, deadlines, on: worker)
    }

    /// The same through a host that is signed in already; several may share it, and it may be behind another.
    ///
    /// The bastion resolves the endpoint's name. The new session runs on the bastion's worker, and keeps it alive.
    ///
    /// - Throws: ``SSHError``; `bastionLost` on every host behind a bastion that has gone, `bastionRefuses` and
    ///   `bastionSpent` when no way could be opened on this connection to it.
    package nonisolated(nonsending) static func connect(
        to endpoint: SSHEndpoint, through bastion: SSHSession, hostKeys: HostKeyPolicy,
        authentication: [SSHAuthentication], deadlines: SSHDeadlines = SSHDeadlines()
    ) async throws -> SSHSession {
        try await open(endpoint, .bastion(bastion), hostKeys, authentication, deadlines, on: bastion.worker)
    }

    private nonisolated(nonsending) static func open(
        _ endpoint: SSHEndpoint, _ way: SSHSession.Way, _ hostKeys: HostKeyPolicy,
        _ authentication: [SSHAuthentication], _ deadlines: SSHDeadlines, on worker: SSHWorker
    ) async throws -> SSHSession {
        try await withTaskExecutorPreference(worker) {
            let clock = ContinuousClock()
            var backOff = BackOff(within: deadlines.connect)
            var silences = 0
            while true {
                let began = clock.now
                let session = SSHSession(endpoint, deadlines: deadlines, on: worker)
                do {
                    try await session.establish(way: way, pins: .pinned(hostKeys), authentication: authentication)
                    return session
                } catch let error as SSHError where error.mayBeShed {
                    worker.admission.wasShed(by: way.target ?? endpoint.host)
                    // What says nothing at all may also be no SSH server: two more tries are enough to tell.
                    if error.code != .tooManyConnections { silences += 1 }
                    let chance = Double.random(in: 0...1)
                    guard silences <= 2, let pause = backOff.next(spent: began.duration(to: clock.now), chance: chance)
                    else {
                        throw error
                    }
                    try await Task.sleep(for: pause)
                }
            }
        }
    }

    /// Fetches a host's public keys, one of each type it has, without signing in and without accepting any of them.
    ///
    /// - Throws: ``SSHError``; a server that shows at least one key is not an error.
    package nonisolated(nonsending) static func hostKeys(
        of endpoint: SSHEndpoint, addresses: [SSHAddress], deadlines: SSHDeadlines = SSHDeadlines(),
        on worker: SSHWorker
    ) async throws -> [HostKey] {
        try await hostKeys(of: endpoint, .addresses(addresses), deadlines, on: worker)
    }

    /// The same through a host that is signed in already.
    package nonisolated(nonsending) static func hostKeys(
        of endpoint: SSHEndpoint, through bastion: SSHSession, deadlines: SSHDeadlines = SSHDeadlines()
    ) async throws -> [HostKey] {
        try await hostKeys(of: endpoint, .bastion(bastion), deadlines, on: bastion.worker)
    }

    private nonisolated(nonsending) static func hostKeys(
        of endpoint: SSHEndpoint, _ way: SSHSession.Way, _ deadlines: SSHDeadlines, on worker: SSHWorker
    ) async throws -> [HostKey] {
        let first = SSHSession(endpoint, deadlines: deadlines, on: worker)
        var keys = [try await first.showHostKey(way: way, algorithm: nil)]
        for algorithm in await first.otherHostKeyAlgorithms {
            let next = SSHSession(endpoint, deadlines: deadlines, on: worker)
            guard let key = try? await next.showHostKey(way: way, algorithm: algorithm) else { continue }
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }
}
