import ChildProcess

extension ProgramRun {
    /// Why it ended without the server's having told how the command did.
    func failure() -> SSHError {
        let isGone = Self.isFarewell(lastLine)
        let own = logs[0].failure(
            for: endpoints[0], last: isGone || logs[0].phase < .command ? lastLine : "")
        // What the host itself has said stands; that the line went away may be a bastion's doing.
        let mayBeOfBastion: [SSHError.Code] = [.connectionLost, .handshakeFailed, .libraryFailure]
        guard mayBeOfBastion.contains(own.code) else { return own }
        // The outermost bastion first: what fails there makes all that is behind it fail.
        for index in logs.indices.dropFirst().reversed() {
            let (log, endpoint, target) = (logs[index], endpoints[index], endpoints[index - 1])
            if let refused = log.tunnelFailure(through: endpoint, to: "\(target.host):\(target.port)") {
                return refused
            }
            if log.phase < .command {
                var error = log.failure(for: endpoint)
                error.bastion = endpoint.title
                return error
            }
            if !log.hasEnded || isGone { return TunnelStream.lost(endpoint.title, log.failure(for: endpoint)) }
        }
        return own
    }

    private var lastLine: String {
        PeerText.clean(lastErrors.split(separator: UInt8(ascii: "\n")).last ?? [])
    }

    /// What the program writes to its standard error, not its log, when a connection that stood is gone.
    private static func isFarewell(_ line: String) -> Bool {
        line.hasPrefix("Connection to ") && line.contains("closed by remote host")
            || line.hasPrefix("Read from remote host ") || line.hasPrefix("Timeout, server ")
    }

    /// Whether the command's end was told, or at least that of its channel on a connection that stood.
    var hasEndedInOrder: Bool {
        logs[0].hasStatus || logs[0].hasEnded && logs[0].refusal == nil && !Self.isFarewell(lastLine)
    }

    var exit: SSHExit? {
        guard isOver, hasEndedInOrder, case .exited(let status)? = ending else { return nil }
        return SSHExit(status: status, signal: nil)
    }
}
