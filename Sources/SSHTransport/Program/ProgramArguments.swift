/// The words of a command line of `ssh`, for a host and the bastions before it.
struct ProgramArguments {
    let program: SSHProgram
    let deadlines: SSHDeadlines
    /// For each hop, the host first: where it writes what it does.
    let logs: [String]
    /// For each hop: the key files to offer.
    let identities: [[String]]
    /// To look at a host's key only: the algorithms to ask for, and the file it is written to. Nobody signs in then.
    var look: (algorithms: String, file: String)?

    init(_ program: SSHProgram, deadlines: SSHDeadlines, logs: [String], identities: [[String]]) {
        self.program = program
        self.deadlines = deadlines
        self.logs = logs
        self.identities = identities
    }

    /// - Parameter hops: The host first, then the bastion before it, and so on.
    func all(_ command: String, _ hops: [SSHProgram.Hop]) -> [String] {
        words(hops, at: 0) + ["--", hops[0].endpoint.host, command]
    }

    private func words(_ hops: [SSHProgram.Hop], at index: Int) -> [String] {
        let hop = hops[index]
        let seconds = max(1, deadlines.connect.components.seconds)
        var words = program.configuration.map { ["-F", $0] } ?? []
        words += ["-T", "-E", logs[index]]
        let isLook = look != nil && index == 0
        let options =
            (isLook ? lookOptions : ["StrictHostKeyChecking=yes"]) + [
                "LogLevel=DEBUG1", "BatchMode=yes", "UpdateHostKeys=no",
                "UserKnownHostsFile=\(hop.knownHosts.isEmpty ? "none" : hop.knownHosts.map(Self.path).joined(separator: " "))",
                "HostName=\(hop.endpoint.host)", "Port=\(hop.endpoint.port)", "User=\(hop.endpoint.user)",
                "ConnectTimeout=\(seconds)", "ServerAliveInterval=30", "ServerAliveCountMax=3", "TCPKeepAlive=yes",
                // What a configuration may have for people at a terminal.
                "ControlMaster=no", "ControlPath=none", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no",
                "PermitLocalCommand=no", "RemoteCommand=none", "RequestTTY=no", "EscapeChar=none", "VisualHostKey=no",
            ]
        words += (options + (isLook ? [] : keys(hop, identities[index]))).flatMap { ["-o", $0] }
        if index + 1 < hops.count { words += ["-o", "ProxyCommand=\(way(hops, to: index))"] }
        return words
    }

    /// The key is taken into a file of its own, that nothing reads but the scan; without a way to sign in the server then
    /// refuses us.
    private var lookOptions: [String] {
        guard let look else { return [] }
        return [
            "StrictHostKeyChecking=accept-new", "UserKnownHostsFile=\(Self.path(look.file))",
            "GlobalKnownHostsFile=none", "HashKnownHosts=no", "HostKeyAlgorithms=\(look.algorithms)",
            "PreferredAuthentications=none",
        ]
    }

    private func keys(_ hop: SSHProgram.Hop, _ files: [String]) -> [String] {
        guard !hop.keys.isEmpty else { return [] }
        return files.map { "IdentityFile=\(Self.path($0))" }
            + ["IdentitiesOnly=\(hop.keys.contains(.agent(fingerprint: nil)) ? "no" : "yes")"]
    }

    /// A shell reads it, without a `SHELL` of ours `/bin/sh`, after the program has replaced its percent signs.
    private func way(_ hops: [SSHProgram.Hop], to index: Int) -> String {
        let target = hops[index].endpoint
        let forward = ["-W", "[\(target.host)]:\(target.port)", "--", hops[index + 1].endpoint.host]
        let words = [program.program] + self.words(hops, at: index + 1) + forward
        return Self.doubled(words.map(Self.quoted).joined(separator: " "))
    }

    /// In an option's value blanks part words and percent signs stand for something.
    private static func path(_ path: String) -> String { "\"\(doubled(path))\"" }

    private static func doubled(_ text: String) -> String {
        text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }

    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
