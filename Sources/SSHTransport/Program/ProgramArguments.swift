/// The words of a command line of `ssh`.
struct ProgramArguments {
    /// A configuration file in place of the user's and the system's.
    let configuration: String?
    /// Where it writes what it does.
    let log: String
    /// The key files to offer.
    let identities: [String]
    /// What leads to the host; nil: nothing in between.
    let way: Way?
    /// To look at the host's key only: the algorithms to ask for, and the file it is written to. Nobody signs in then.
    var look: (algorithms: String, file: String)?

    /// A bastion that is signed in to.
    struct Way {
        let program: String
        /// The control socket of the process that is connected to it.
        let socket: String
        /// Its name, which is only for people who look at the list of processes.
        let bastion: String
    }

    init(configuration: String?, log: String, identities: [String], way: Way?) {
        self.configuration = configuration
        self.log = log
        self.identities = identities
        self.way = way
    }

    /// Runs a command.
    func command(_ command: String, on hop: SSHProgram.Hop) -> [String] {
        words(hop, ["ControlMaster=no", "ControlPath=none", "ServerAliveInterval=30"])
            + ["--", hop.endpoint.host, command]
    }

    /// Signs in and goes on alone, for others that come to the socket. It ends when nobody has been connected to that
    /// for so many seconds.
    func master(on hop: SSHProgram.Hop, socket: String, linger: Int) -> [String] {
        // Its silence is noticed before that of the hosts behind it, so that it is the one that is named.
        words(hop, ["ControlMaster=yes", "ControlPersist=\(linger)", "ServerAliveInterval=20"])
            + ["-N", "-S", Self.doubled(socket), "--", hop.endpoint.host]
    }

    private func words(_ hop: SSHProgram.Hop, _ own: [String]) -> [String] {
        let seconds = max(1, hop.deadlines.connect.components.seconds)
        var options =
            (look == nil ? ["StrictHostKeyChecking=yes"] : lookOptions) + [
                "LogLevel=DEBUG1", "BatchMode=yes", "UpdateHostKeys=no",
                "UserKnownHostsFile=\(hop.knownHosts.isEmpty ? "none" : hop.knownHosts.map(Self.path).joined(separator: " "))",
                "HostName=\(hop.endpoint.host)", "Port=\(hop.endpoint.port)", "User=\(hop.endpoint.user)",
                "ConnectTimeout=\(seconds)", "ServerAliveCountMax=3", "TCPKeepAlive=yes",
                // What a configuration may have for people at a terminal.
                "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no",
                "RemoteCommand=none", "RequestTTY=no", "EscapeChar=none", "VisualHostKey=no",
            ] + own
        if look == nil { options += keys(hop) }
        if let way { options.append("ProxyCommand=\(command(way, to: hop.endpoint))") }
        return (configuration.map { ["-F", $0] } ?? []) + ["-T", "-E", log] + options.flatMap { ["-o", $0] }
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

    private func keys(_ hop: SSHProgram.Hop) -> [String] {
        guard !hop.keys.isEmpty else { return [] }
        var options = identities.map { "IdentityFile=\(Self.path($0))" }
        options.append("IdentitiesOnly=\(hop.keys.contains(.agent(fingerprint: nil)) ? "no" : "yes")")
        if hop.keys.contains(.gssapi) {
            // Without this word the configuration says whether and when it is tried.
            let methods = hop.keys.map { $0 == .gssapi ? "gssapi-with-mic" : "publickey" }
            let order = methods.enumerated().filter { methods.firstIndex(of: $1) == $0 }.map(\.element)
            options += ["GSSAPIAuthentication=yes", "PreferredAuthentications=\(order.joined(separator: ","))"]
        }
        return options
    }

    /// A shell reads it, without a `SHELL` of ours `/bin/sh`, after the program has replaced its percent signs.
    ///
    /// It needs no configuration, for it does not connect; and lest it does when nobody listens on the socket any more, as
    /// it would by itself, its own way out leads nowhere.
    private func command(_ way: Way, to target: SSHEndpoint) -> String {
        let words = [
            way.program, "-F", "none", "-q", "-o", "BatchMode=yes", "-o", "ProxyCommand=false",
            "-S", Self.doubled(way.socket), "-W", "[\(target.host)]:\(target.port)", "--", way.bastion,
        ]
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
