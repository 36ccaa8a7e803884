extension SSHSession {
    /// Opens a channel to a host that this session's server can reach; the server resolves the name.
    ///
    /// - Throws: ``SSHError``: `unreachable` when the server cannot or will not, `timedOut`, `connectionLost`.
    func openTunnel(to host: String, port: UInt16, limit: Duration) async throws -> SSHChannel {
        try await takeOpening()
        defer { giveOpening() }
        guard canOpen, let handle = resources.handle else { throw lost("open tunnel") }
        let channel: ChannelHandle
        do {
            channel = try await perform("open tunnel", by: deadline(limit), leaving: .harmless) {
                try handle.openTunnel(to: host, port: port)
            }
        } catch let error as SSHError where error.code == .channelRefused {
            throw SSHError(
                .unreachable, "open tunnel", "the bastion \(endpoint.host) does not reach \(host):\(port)",
                number: error.number,
                hint:
                    "does \(host) listen there, and does the bastion's sshd_config allow it (AllowTcpForwarding, PermitOpen)?"
            )
        } catch {
            canOpen = false
            throw error
        }
        let number = takeNumber()
        channels[number] = ChannelState(channel)
        return SSHChannel(self, number: number)
    }

    private func takeOpening() async throws {
        while isOpening {
            try Task.checkCancellation()
            guard failure == nil, let socket = resources.socket else { throw lost("open tunnel") }
            await change(of: socket.readiness, since: socket.readiness.changes)
        }
        isOpening = true
    }

    private func giveOpening() {
        isOpening = false
        wakeAll()
    }

    /// The socket under all tunnels.
    var outermostDescriptor: Int32? { resources.socket?.descriptor }
}
