/// The door to SSH.
package enum SSHClient {
    /// Connects, checks the host's key, signs in.
    ///
    /// The addresses are tried in turn, each with the connect deadline of its own. Cancelling the task ends the attempt.
    ///
    /// - Parameters:
    ///   - endpoint: Whose key is pinned, and who signs in.
    ///   - addresses: Where to connect (``SSHAddress/resolve(_:port:)``).
    ///   - hostKeys: Which keys are accepted.
    ///   - authentication: The ways to sign in, tried in order, each at most once. A password that was refused is not
    ///     sent a second time, not even by another way.
    ///   - worker: The queue that will carry the session. The calling task does best to run on it.
    /// - Throws: ``SSHError``; nothing is left open then.
    package nonisolated(nonsending) static func connect(
        to endpoint: SSHEndpoint, addresses: [SSHAddress], hostKeys: HostKeyPolicy,
        authentication: [SSHAuthentication], deadlines: SSHDeadlines = SSHDeadlines(), on worker: SSHWorker
    ) async throws -> SSHSession {
        let session = SSHSession(endpoint, deadlines: deadlines, on: worker)
        try await withTaskExecutorPreference(worker) {
            try await session.establish(addresses: addresses, pins: .pinned(hostKeys), authentication: authentication)
        }
        return session
    }

    /// Fetches a host's public keys, one of each type it has, without signing in and without accepting any of them.
    ///
    /// - Throws: ``SSHError``; a server that shows at least one key is not an error.
    package nonisolated(nonsending) static func hostKeys(
        of endpoint: SSHEndpoint, addresses: [SSHAddress], deadlines: SSHDeadlines = SSHDeadlines(),
        on worker: SSHWorker
    ) async throws -> [HostKey] {
        let first = SSHSession(endpoint, deadlines: deadlines, on: worker)
        var keys = [try await first.showHostKey(addresses: addresses, algorithm: nil)]
        for algorithm in await first.otherHostKeyAlgorithms {
            let next = SSHSession(endpoint, deadlines: deadlines, on: worker)
            guard let key = try? await next.showHostKey(addresses: addresses, algorithm: algorithm) else { continue }
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }
}
