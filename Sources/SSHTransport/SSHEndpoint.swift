/// Whom to talk to, and as whom.
package struct SSHEndpoint: Hashable, Sendable {
    /// The name under which the host's key is pinned; where to connect is said by the addresses.
    package var host: String
    /// The port, which is part of that name when it is not 22.
    package var port: UInt16
    /// The account to sign in with.
    package var user: String
    /// What messages call it when it is a bastion; ``host`` unless said otherwise.
    package var title: String
    /// The servers that connections are opened to at one pace together with this one.
    package var group: SSHServerGroup?

    /// - Parameter title: nil: the host's name.
    package init(
        host: String, port: UInt16 = 22, user: String, title: String? = nil, group: SSHServerGroup? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.title = title ?? host
        self.group = group
    }
}

/// Servers that are spared together: a firewall, or what they all ask when somebody signs in, bears only so much.
package struct SSHServerGroup: Hashable, Sendable {
    /// Groups of one name are one.
    package var name: String
    /// How many connections to all of them may begin in a second; 1 or more.
    package var perSecond: Int

    /// Who is in it is said by the endpoints that name it.
    package init(name: String, perSecond: Int) {
        self.name = name
        self.perSecond = perSecond
    }
}

/// How long each phase may take. Every phase has a timer of its own; none relies on the other side.
package struct SSHDeadlines: Hashable, Sendable {
    /// For one address to accept the connection.
    package var connect: Duration
    /// For version, key exchange and host key.
    package var handshake: Duration
    /// For all ways to sign in together.
    package var signIn: Duration
    /// For a channel to open and its command to be accepted.
    package var channel: Duration
    /// For the other side to confirm that a channel is closed.
    package var close: Duration

    /// Those of a server that is neither near nor far; who signs in by a directory may take long.
    package init(
        connect: Duration = .seconds(10), handshake: Duration = .seconds(15), signIn: Duration = .seconds(30),
        channel: Duration = .seconds(15), close: Duration = .seconds(3)
    ) {
        self.connect = connect
        self.handshake = handshake
        self.signIn = signIn
        self.channel = channel
        self.close = close
    }
}
