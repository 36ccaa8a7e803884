extension ProgramLog {
    /// Why the program ended without the server's having told how the command did, in the first door's codes.
    ///
    /// - Parameter last: What it wrote last to its standard error, where some of its complaints go.
    func failure(for endpoint: SSHEndpoint, last: String = "") -> SSHError {
        let operation = phase.operation
        if let error = reachFailure(endpoint) ?? handshakeFailure(endpoint) ?? hostKeyFailure(endpoint) { return error }
        if let line = said.first(where: { $0.contains("Permission denied (") || $0.contains("Too many authentication") }
        ),
            phase < .command
        {
            let taken = offered.isEmpty ? "" : "; it takes \(offered)"
            let others = said.filter { $0 != line }.map { "; \($0)" }.joined()
            if line.contains("Permission denied ("),
                let error = keys.failure(for: endpoint.user, offered: offered, others: others)
            {
                return error
            }
            return SSHError(
                .authenticationFailed, operation, "the server refused \(endpoint.user): \(line)\(taken)\(others)",
                hint: "check the account and its keys, and the agent; this way of connecting sends no password")
        }
        if let refusal {
            return refusal.contains(": open failed: ")
                ? SSHError(
                    .channelRefused, "open channel", "the server allows no further channel: \(refusal)",
                    hint: "check MaxSessions in its sshd_config")
                : SSHError(
                    .commandRefused, "start command", "the server refuses to run a command: \(refusal)",
                    hint: "see ForceCommand in its sshd_config, and the account's shell there")
        }
        if phase == .command { return LibSSH2Error.connectionLost(operation, number: 0, farewell: quoted(last)) }
        if said.contains(where: { $0.contains("timed out") }) {
            return SSHError(phase.late, operation, "\(operation) was not done in time: \(said.joined(separator: "; "))")
        }
        // Unknown words are better than none.
        let words = said + (last.isEmpty ? [] : [last])
        return SSHError(
            phase == .connect ? .libraryFailure : phase == .handshake ? .handshakeFailed : .connectionLost, operation,
            words.isEmpty
                ? "the ssh program ended during \(operation) without a word"
                : "the ssh program ended during \(operation): \"\(words.joined(separator: "; "))\"")
    }

    /// Of a bastion's process: why no way to `target` was opened; nil when it was not that.
    func wayFailure(through bastion: SSHEndpoint, to target: String) -> SSHError? {
        guard let reason = refusedWays[target] else { return nil }
        if reason.contains("prohibited") || reason.contains("shortage") {
            return SSHError(
                .bastionRefuses, "open tunnel",
                "the bastion \(bastion.title) opens no way to \(target): "
                    + (reason.contains("prohibited") ? "administratively prohibited" : "it cannot, or cannot now"),
                hint: "see its sshd_config: AllowTcpForwarding, PermitOpen, DisableForwarding")
        }
        return SSHError(
            .unreachable, "open tunnel", "the bastion \(bastion.title) does not reach \(target)",
            hint: "does it resolve there, does SSH listen, and is the way from \(bastion.title) open?")
    }

    private func quoted(_ text: String) -> String? { text.isEmpty ? nil : "\"\(text)\"" }

    private func reachFailure(_ endpoint: SSHEndpoint) -> SSHError? {
        let place = "\(endpoint.host):\(endpoint.port)"
        for line in said {
            if line.hasPrefix("ssh: Could not resolve hostname ") {
                let reason = line.split(separator: ":").last.map(String.init) ?? ""
                return SSHError(.unresolved, "resolve", "\(endpoint.host) does not resolve:\(reason)")
            }
            guard line.hasPrefix("ssh: connect to host "), let reason = line.split(separator: ":").last else {
                continue
            }
            switch reason.drop(while: { $0 == " " }) {
            case "Connection refused": return SSHError(.refused, "connect", "nothing listens on \(place)")
            case "Connection timed out":
                return SSHError(
                    .timedOut, "connect", "\(place) does not answer", hint: StreamSocket.firewallHint)
            default: return SSHError(.unreachable, "connect", "no way to \(place):\(reason)")
            }
        }
        return nil
    }

    private func handshakeFailure(_ endpoint: SSHEndpoint) -> SSHError? {
        for line in said {
            if let found = line.range(of: "no matching "), let offer = line.range(of: " found. Their offer: ") {
                let list = String(line[found.upperBound..<offer.lowerBound])
                let names = ["key exchange method": "key exchange", "host key type": "host key algorithm"]
                return SSHError(
                    .noCommonAlgorithm, "handshake",
                    "no common \(names[list] ?? list): the server offers \(line[offer.upperBound...])",
                    hint: "allow one of these on the server, or in the configuration of the system's ssh")
            }
            if line.hasPrefix("Protocol major versions differ") {
                return SSHError(
                    .versionTooOld, "handshake", "the server speaks an SSH that is not version 2",
                    hint: "the server has to be renewed, or told to speak version 2")
            }
            guard line.contains("exchange_identification: ") || line.contains("during banner exchange") else {
                continue
            }
            if line.contains("timed out") {
                return SSHError(
                    .handshakeTimedOut, "handshake",
                    "the server took the connection and said nothing; handshake was not done in time",
                    hint: "its SSH service may hang, or something in between answers for it")
            }
            return turnedAway(line)
        }
        return nil
    }

    private func turnedAway(_ line: String) -> SSHError {
        guard let firstLine, !firstLine.isEmpty else {
            var error = SSHError(
                .turnedAway, "handshake", "the server ended the connection without a word",
                hint: "it may limit connections (MaxStartups) or refuse this address")
            error.mayBeShed = true
            return error
        }
        guard firstLine.hasPrefix("Exceeded MaxStartups") || firstLine.hasPrefix("Not allowed at this time") else {
            return SSHError(.notSSH, "handshake", "not an SSH server: \"\(firstLine)\"", hint: "check the port")
        }
        var error = SSHError(
            .tooManyConnections, "handshake", "the server limits connections: \"\(firstLine)\"",
            hint: "try again later, or raise MaxStartups in its sshd_config")
        error.mayBeShed = true
        return error
    }

    private func hostKeyFailure(_ endpoint: SSHEndpoint) -> SSHError? {
        guard said.contains("Host key verification failed.") else { return nil }
        let name = HostKeyPolicy.name(of: endpoint.host, port: endpoint.port)
        let shown = hostKey ?? "a key that it did not name"
        if said.contains(where: { $0.contains("REVOKED HOST KEY DETECTED") }) {
            return SSHError(
                .hostKeyRevoked, "host key", "the host key \(shown) is revoked",
                hint: "pin the key that took its place, once it has been compared on the server")
        }
        if said.contains(where: { $0.contains("IDENTIFICATION HAS CHANGED") }) {
            let line = said.first { $0.hasPrefix("Offending ") && $0.contains(" key in ") }
            let place = line.flatMap { text in text.range(of: " key in ").map { String(text[$0.upperBound...]) } }
            return SSHError(
                .hostKeyChanged, "host key", "host key differs from \(Self.place(place)): shown \(shown)",
                hint: "find out why before anything else; pin the new key only if the server was rebuilt")
        }
        if let failure = certificateFailure(of: endpoint.host) { return failure }
        return SSHError(
            .hostKeyUnknown, "host key",
            "the host key of \(name) is not pinned: \(shown)\(strangeCertificate(of: name))",
            hint: "compare the fingerprint with the one shown on the server, then pin the key")
    }

    /// `/path/known_hosts:3` in the first door's words.
    private static func place(_ text: String?) -> String {
        guard let text else { return "the pinned one" }
        let parts = text.split(separator: ":")
        guard parts.count > 1, let line = parts.last, line.allSatisfy(\.isNumber) else { return text }
        return "\(parts.dropLast().joined(separator: ":")) line \(line)"
    }
}
