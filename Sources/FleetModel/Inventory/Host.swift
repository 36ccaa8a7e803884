/// One server.
package struct Host: Sendable, Equatable {
    /// Short name, unique in the inventory.
    package var name: String
    package var fqdn: String
    /// Where SSH connects to: an address or a name; the FQDN when none is given.
    package var address: String
    package var ssh: SSHSettings
    package var deadlines: Deadlines
    /// External addresses of an Edge server; without one the agent probes on the host itself.
    package var externalAccess: String?
    package var externalWebConferencing: String?
    /// Where the ports of a usage are really to be found, if not at the product's own.
    package var ports: [PortMapping]
    package var place: SourcePlace

    package init(
        name: String, fqdn: String, address: String, ssh: SSHSettings, deadlines: Deadlines = Deadlines(),
        externalAccess: String? = nil, externalWebConferencing: String? = nil, ports: [PortMapping] = [],
        place: SourcePlace
    ) {
        self.name = name
        self.fqdn = fqdn
        self.address = address
        self.ssh = ssh
        self.deadlines = deadlines
        self.externalAccess = externalAccess
        self.externalWebConferencing = externalWebConferencing
        self.ports = ports
        self.place = place
    }
}

/// Where the product's port `standard` of a usage answers in this network.
package struct PortMapping: Sendable, Equatable, Codable {
    package var usage: String
    package var standard: Int
    package var port: Int

    package init(usage: String, standard: Int, port: Int) {
        self.usage = usage
        self.standard = standard
        self.port = port
    }
}

/// How to sign in.
package struct SSHSettings: Sendable, Equatable {
    package enum Method: String, Sendable, CaseIterable {
        case key, agent, password
        case keyboardInteractive = "keyboard-interactive"
        /// A Kerberos ticket of the account that runs certfleet; by the system's own program only.
        case gssapi
    }

    /// What speaks SSH for us.
    package enum Transport: String, Sendable, CaseIterable {
        /// The library, within this process.
        case libssh2
        /// The system's own `ssh` program, for servers that the library shares no algorithm with.
        case ssh
    }

    package var user: String
    package var port: Int
    /// Tried in this order.
    package var methods: [Method]
    /// Private key file, absolute path.
    package var key: String?
    /// Name of a secret: the key's passphrase.
    package var passphrase: String?
    /// Name of a secret: the account's password.
    package var password: String?
    /// Fingerprint (`SHA256:…`) of the one agent key to offer.
    package var agentKey: String?
    /// Pinned host keys in OpenSSH's format, absolute path.
    package var knownHosts: String?
    /// What the inventory says of ``hasNetworkCredentials``; `nil`: what follows from the methods.
    package var networkCredentials: Bool?
    package var transport: Transport
    /// Name of the bastion that leads there, one of ``Inventory/bastions``.
    package var bastion: String?
    /// The servers that it is opened to together with; `nil`: only what holds for every server.
    package var group: ServerGroup?

    /// Whether the sign-in can be used from the server towards other machines, such as an authority or the Central
    /// Management store. A key cannot (Windows gives it a logon without credentials), a password can, a ticket only where
    /// it is delegated, which is not known here; where several may happen, the weakest counts.
    package var hasNetworkCredentials: Bool {
        networkCredentials ?? methods.allSatisfy { $0 == .password || $0 == .keyboardInteractive }
    }

    package init(
        user: String, port: Int = 22, methods: [Method] = [.key], key: String? = nil, passphrase: String? = nil,
        password: String? = nil, agentKey: String? = nil, knownHosts: String? = nil, networkCredentials: Bool? = nil,
        transport: Transport = .libssh2, bastion: String? = nil, group: ServerGroup? = nil
    ) {
        self.user = user
        self.port = port
        self.methods = methods
        self.key = key
        self.passphrase = passphrase
        self.password = password
        self.agentKey = agentKey
        self.knownHosts = knownHosts
        self.networkCredentials = networkCredentials
        self.transport = transport
        self.bastion = bastion
        self.group = group
    }
}

/// Servers that connections are opened to at one pace together: all that take it from the same place of the inventory.
package struct ServerGroup: Sendable, Hashable, CustomStringConvertible {
    /// Where the pace is said.
    package enum Level: Sendable, Hashable {
        case fleet
        case site(String)
        case pool(String)
        case host(String)
    }

    package var level: Level
    /// How many connections to all of its servers may begin in a second.
    package var handshakesPerSecond: Int

    package init(level: Level, handshakesPerSecond: Int) {
        self.level = level
        self.handshakesPerSecond = handshakesPerSecond
    }

    /// `the fleet`, `pool lyon`; different for different levels.
    package var description: String {
        switch level {
        case .fleet: "the fleet"
        case .site(let name): "site \(name)"
        case .pool(let name): "pool \(name)"
        case .host(let name): "host \(name)"
        }
    }
}

/// How long each thing may take.
package struct Deadlines: Sendable, Equatable {
    package var connect: Duration
    package var signIn: Duration
    package var hello: Duration
    package var step: Duration
    /// Nothing heard, not even a `pong`.
    package var silence: Duration
    package var drain: Duration

    package init(
        connect: Duration = .seconds(10), signIn: Duration = .seconds(30), hello: Duration = .seconds(60),
        step: Duration = .seconds(600), silence: Duration = .seconds(90), drain: Duration = .seconds(7200)
    ) {
        self.connect = connect
        self.signIn = signIn
        self.hello = hello
        self.step = step
        self.silence = silence
        self.drain = drain
    }
}
