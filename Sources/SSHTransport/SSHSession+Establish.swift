/// What decides about the key a host shows.
enum HostKeyRule {
    /// It has to be pinned.
    case pinned(HostKeyPolicy)
    /// It is only looked at: nobody signs in. With the one algorithm to ask for, nil for the usual order.
    case onlyShown(algorithm: String?)
}

extension SSHSession {
    /// Connects, shakes hands, checks the key and signs in; closes everything when that fails.
    func establish(way: Way, pins: HostKeyRule, authentication: [SSHAuthentication]) async throws {
        do {
            let pass = try await worker.admission.enter(way.target ?? endpoint.host, in: endpoint.group)
            resources.pass = pass
            defer { pass.opened() }
            switch way {
            case .addresses(let addresses): try await connect(addresses)
            case .bastion(let bastion): try await connect(through: bastion)
            }
            let known = try await shakeHands(pins)
            guard let key = resources.handle?.hostKey else {
                throw SSHError(.protocolViolated, "host key", "the host showed no key that can be read")
            }
            hostKey = key
            guard case .pinned = pins else { return }
            try HostKeyPolicy.check(key, against: known, for: endpoint)
            try await signIn(authentication)
            resources.beat()
        } catch {
            end((error as? SSHError) ?? SSHError(.sessionClosed, "connect", "given up during connect"))
            throw error
        }
    }

    /// Fetches the host's key and closes.
    func showHostKey(way: Way, algorithm: String?) async throws -> HostKey {
        try await establish(way: way, pins: .onlyShown(algorithm: algorithm), authentication: [])
        close()
        guard let hostKey else { throw lost("host key") }
        return hostKey
    }

    /// How the host is reached.
    enum Way {
        /// Tried in turn.
        case addresses([SSHAddress])
        /// Through a session that is signed in already, on the same worker.
        case bastion(SSHSession)

        /// The server that must not be asked too much at once; behind a bastion it is known by its name only.
        var target: String? {
            if case .addresses(let addresses) = self { addresses.first?.description } else { nil }
        }
    }

    private func connect(through bastion: SSHSession) async throws {
        let channel = try await bastion.openTunnel(to: endpoint.host, port: endpoint.port, limit: deadlines.connect)
        guard let descriptor = await bastion.outermostDescriptor else { throw lost("connect") }
        let stream = TunnelStream(channel, descriptor: descriptor, bastion: bastion.endpoint.title)
        resources.socket = stream
        stream.start()
    }

    private func connect(_ addresses: [SSHAddress]) async throws {
        var last = SSHError(.unresolved, "connect", "there is no address to connect to")
        var messages: [String] = []
        for address in addresses {
            do {
                let socket = try StreamSocket(to: address, on: worker)
                resources.socket = socket
                let deadline = try deadline(deadlines.connect)
                while true {
                    let seen = socket.readiness.changes
                    if try socket.connected(to: address) { break }
                    try Task.checkCancellation()
                    if deadline.hasPassed {
                        throw SSHError(
                            .timedOut, "connect", "\(address) does not answer within \(deadlines.connect.words)",
                            hint: StreamSocket.firewallHint)
                    }
                    await nextChange(of: socket.readiness, since: seen)
                }
                self.address = address
                return
            } catch let error as SSHError {
                resources.free()
                last = error
                messages.append(error.message)
            }
        }
        if messages.count > 1 { last.message = messages.joined(separator: "; ") }
        throw last
    }

    private func shakeHands(_ rule: HostKeyRule) async throws -> [HostKeyPolicy.Pin] {
        guard let socket = resources.socket else { throw lost("handshake") }
        let handle = try SessionHandle()
        handle.memory.readiness = socket.readiness
        handle.memory.batch = worker.sendBatch
        if let tunnel = socket as? TunnelStream { handle.carry(through: tunnel) }
        resources.handle = handle
        handle.setKeyExchangeOrder(LibSSH2Library.keyExchangeOrder)
        let abilities = LibSSH2Library.abilities
        var pins: [HostKeyPolicy.Pin] = []
        switch rule {
        case .pinned(let policy):
            pins = policy.pins(for: endpoint.host, port: endpoint.port)
            handle.setHostKeyOrder(HostKeyPolicy.order(of: abilities.hostKeys, pins: pins))
        case .onlyShown(let algorithm):
            if let algorithm { handle.setHostKeyOrder([algorithm]) }
        }
        let memory = handle.memory
        do {
            try await perform("handshake", by: deadline(deadlines.handshake), leaving: .fatal) {
                try handle.handshake(socket.descriptor)
            }
        } catch let error as SSHError {
            throw Self.explained(error, memory.opening)
        }
        serverBanner = PeerText.clean((handle.banner ?? "").utf8)
        if case .onlyShown = rule {
            otherHostKeyAlgorithms = (Opening(memory.opening).offer?.hostKeys ?? []).filter(abilities.hostKeys.contains)
        }
        memory.forgetOpening()
        return pins
    }

    /// Apart, and kept apart by the compiler, because every session's task would keep room for it.
    @inline(never)
    private static func explained(_ error: SSHError, _ opening: [UInt8]) -> SSHError {
        var explained = Opening(opening).explain(error, abilities: LibSSH2Library.abilities)
        // Before 8.5 sshd says nothing to those it sheds.
        explained.mayBeShed = explained.code == .tooManyConnections || explained.code == .turnedAway && opening.isEmpty
        return explained
    }
}
