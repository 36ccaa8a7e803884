import ChildProcess

extension ProgramRun {
    /// Why it ended without the server's having told how the command did.
    func failure() -> SSHError {
        let isGone = Self.isFarewell(lastLine)
        let own = log.failure(for: host.endpoint, last: isGone || log.phase < .command ? lastLine : "")
        return way.failure(own, at: host)
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
        if log.hasStatus { return !isCutOff }
        return log.hasEnded && log.refusal == nil && !Self.isFarewell(lastLine)
    }

    /// Whether the connection was gone before the channel was closed. The status had been told, but the program does not say
    /// whether all of the output had come. A command may write such a line itself, but hardly with this host's name.
    private var isCutOff: Bool { Self.isFarewell(lastLine) && lastLine.contains(host.endpoint.host) }

    var exit: SSHExit? {
        guard isOver, hasEndedInOrder, case .exited(let status)? = ending else { return nil }
        return SSHExit(status: status, signal: nil)
    }
}
