extension SSHSession {
    /// Whether something new can be opened on it; what is open may go on when not.
    package var isUsable: Bool { failure == nil && canOpen }

    /// Opens a channel to a host that this session's server can reach; the server resolves the name.
    ///
    /// - Throws: ``SSHError``: `unreachable` when the server does not reach the host, `timedOut` when that takes too long,
    ///   `bastionRefuses`, `bastionSpent`, `bastionLost`.
    func openTunnel(to host: String, port: UInt16, limit: Duration) async throws -> SSHChannel {
        try await takeOpening()
        defer { giveOpening() }
        guard failure == nil, let handle = resources.handle else { throw lostToOthers() }
        guard canOpen else {
            throw SSHError(
                .bastionSpent, "open tunnel", "the connection to the bastion \(endpoint.title) opens nothing more",
                hint: "run it again")
        }
        let channel: ChannelHandle
        do {
            channel = try await perform("open tunnel", by: deadline(limit), leaving: .harmless) {
                try handle.openTunnel(to: host, port: port)
            }
        } catch let error as SSHError where error.code == .channelRefused {
            throw refusal(error, "\(host):\(port)")
        } catch {
            // libssh2 would go on with this opening when the next is asked for.
            canOpen = false
            if failure != nil { throw lostToOthers() }
            guard let error = error as? SSHError, error.code == .unresponsive else { throw error }
            throw SSHError(
                .timedOut, "open tunnel",
                "\(host):\(port) does not answer behind the bastion \(endpoint.title) within \(limit.words)",
                hint: StreamSocket.firewallHint)
        }
        return SSHChannel(self, resources.open(channel))
    }

    /// RFC 4254 §5.1 gives four reasons; libssh2 keeps them in its words only.
    private func refusal(_ error: SSHError, _ target: String) -> SSHError {
        let isProhibited = error.message.contains("prohibited")
        if isProhibited || error.message.contains("shortage") || error.message.contains("unknown channel type") {
            return SSHError(
                .bastionRefuses, "open tunnel",
                "the bastion \(endpoint.title) opens no way to \(target): "
                    + (isProhibited ? "administratively prohibited" : "it cannot, or cannot now"),
                number: error.number,
                hint: "see its sshd_config: AllowTcpForwarding, PermitOpen, DisableForwarding, MaxSessions")
        }
        return SSHError(
            .unreachable, "open tunnel", "the bastion \(endpoint.title) does not reach \(target)", number: error.number,
            hint: "does it resolve there, does SSH listen, and is the way from \(endpoint.title) open?")
    }

    /// What the end of this session is to those behind it.
    func lostToOthers() -> SSHError { TunnelStream.lost(endpoint.title, lost("open tunnel")) }

    private func takeOpening() async throws {
        while isOpening {
            try Task.checkCancellation()
            guard failure == nil, let socket = resources.socket else { throw lostToOthers() }
            await nextChange(of: socket.readiness)
        }
        isOpening = true
    }

    func giveOpening() {
        isOpening = false
        wakeAll()
    }

    /// The socket under all tunnels.
    var outermostDescriptor: Int32? { resources.socket?.descriptor }
}
