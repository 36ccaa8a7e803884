/// The whole fleet as the inventory file describes it, defaults already applied, every name resolved.
package struct Inventory: Sendable, Equatable {
    /// The project folder, absolute; relative paths of the inventory belong to it.
    package var folder: String
    /// The file's path as the user gave it, for messages.
    package var file: String
    package var organization: Organization
    /// The first is the primary one.
    package var sipDomains: [String]
    package var topology: Topology
    package var secrets: [String: SecretReference]
    package var authorities: [String: AuthorityDefinition]
    /// In the order of the file.
    package var pools: [Pool]
    package var groups: [String: [String]]
    /// SSH servers through which others are reached, in the order of the file. One has no FQDN beside its address, and
    /// nothing is renewed on it.
    package var bastions: [Host]

    package init(
        folder: String, file: String, organization: Organization, sipDomains: [String], topology: Topology,
        secrets: [String: SecretReference], authorities: [String: AuthorityDefinition], pools: [Pool],
        groups: [String: [String]], bastions: [Host] = []
    ) {
        self.folder = folder
        self.file = file
        self.organization = organization
        self.sipDomains = sipDomains
        self.topology = topology
        self.secrets = secrets
        self.authorities = authorities
        self.pools = pools
        self.groups = groups
        self.bastions = bastions
    }

    package func bastion(_ name: String) -> Host? { bastions.first { $0.name == name } }

    /// The bastions on the way to a host, the one that is reached directly first; two at most.
    package func way(to host: Host) -> [Host] {
        var way: [Host] = []
        var next = host.ssh.bastion
        while let name = next, way.count < bastions.count, let bastion = bastion(name) {
            way.insert(bastion, at: 0)
            next = bastion.ssh.bastion
        }
        return way
    }

    package func pool(_ name: String) -> Pool? { pools.first { $0.name == name } }

    /// A host with its pool, by its short name.
    package func host(_ name: String) -> (pool: Pool, host: Host)? {
        for pool in pools {
            if let host = pool.hosts.first(where: { $0.name == name }) { return (pool, host) }
        }
        return nil
    }
}

/// The subject's fields beside the common name; all optional, most internal authorities ignore them.
package struct Organization: Sendable, Equatable, Codable {
    package var name: String?
    package var unit: String?
    package var locality: String?
    package var state: String?
    /// Two letters.
    package var country: String?

    package init(
        name: String? = nil, unit: String? = nil, locality: String? = nil, state: String? = nil, country: String? = nil
    ) {
        self.name = name
        self.unit = unit
        self.locality = locality
        self.state = state
        self.country = country
    }
}

/// What the published topology says beyond pools and servers.
package struct Topology: Sendable, Equatable {
    /// Hosts of the meet URLs, one per SIP domain as a rule, in the order of the file.
    package var meet: [String]
    package var dialin: String?
    package var admin: String?
    package var autodiscover: Bool
    package var strictDNSAutoLogon: Bool
    package var xmppDomains: [String]
    package var publicIM: [String]
    package var officeWebApps: String?

    package init(
        meet: [String] = [], dialin: String? = nil, admin: String? = nil, autodiscover: Bool = false,
        strictDNSAutoLogon: Bool = false, xmppDomains: [String] = [], publicIM: [String] = [],
        officeWebApps: String? = nil
    ) {
        self.meet = meet
        self.dialin = dialin
        self.admin = admin
        self.autodiscover = autodiscover
        self.strictDNSAutoLogon = strictDNSAutoLogon
        self.xmppDomains = xmppDomains
        self.publicIM = publicIM
        self.officeWebApps = officeWebApps
    }
}

/// Where a secret comes from. The inventory never holds a value.
package enum SecretReference: Sendable, Equatable {
    case environment(String)
    /// A file of mode 0600, absolute path.
    case file(String)
    case command([String])
    case prompt(String)
}

/// Where certificates come from.
package struct AuthorityDefinition: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// An issuing CA from files: certificate, key, whether and where to keep a copy of all it issued, and days.
        case local(certificate: String, key: String, days: Int, issued: String?)
        /// Requests are written to `outbox`; answers are expected in `inbox`.
        case dropFolder(outbox: String, inbox: String)
        /// A program: request on its standard input, certificates on its standard output, ended after `limit`.
        case command(argv: [String], limit: Duration)
        /// The web pages of AD CS.
        case webEnrollment(WebEnrollmentSettings)
        /// The server asks its enterprise authority itself: the vendor's immediate mode.
        case hostOnline(HostOnlineSettings)

        /// The inventory's word.
        package var word: AuthorityKind {
            switch self {
            case .local: .local
            case .dropFolder: .dropFolder
            case .command: .command
            case .webEnrollment: .certsrv
            case .hostOnline: .hostOnline
            }
        }
    }

    package var name: String
    package var kind: Kind
    /// Files with the issuing and root certificates of its chain, absolute paths.
    package var chain: [String]
    package var place: SourcePlace

    package init(name: String, kind: Kind, chain: [String], place: SourcePlace) {
        self.name = name
        self.kind = kind
        self.chain = chain
        self.place = place
    }
}

/// The kinds of authorities; raw values are the inventory's words.
package enum AuthorityKind: String, Sendable, Codable, CaseIterable {
    case local, command, certsrv
    case dropFolder = "drop-folder"
    case hostOnline = "host-online"
}

/// What a server gives to its enterprise authority when it asks by itself.
package struct HostOnlineSettings: Sendable, Equatable {
    /// `ca01.corp.example.com\Example Issuing CA 1`: the server of the authority and the authority's name.
    package var authority: String
    /// The template's name, not its display name.
    package var template: String
    /// `DOMAIN\user`: another account than the session's; with it the session needs no network credentials.
    package var user: String?
    /// The name of that account's secret.
    package var password: String?

    package init(authority: String, template: String = "WebServer", user: String? = nil, password: String? = nil) {
        self.authority = authority
        self.template = template
        self.user = user
        self.password = password
    }
}

/// How the web pages of AD CS are reached.
package struct WebEnrollmentSettings: Sendable, Equatable {
    package enum Authentication: String, Sendable, CaseIterable {
        case basic, ntlm
        /// Kerberos, with the ticket of the account that runs this program.
        case negotiate
    }

    /// `https://ca.example.com/certsrv`, without a slash at its end.
    package var url: String
    /// The template's name, not its display name; none for a CA without templates.
    package var template: String?
    package var authentication: Authentication
    /// `DOMAIN\user`; none for `negotiate`.
    package var user: String?
    /// The name of a secret; none for `negotiate`.
    package var password: String?
    /// The roots that the pages' own TLS certificate is held against; none: the roots of the authority's chain.
    package var trustFile: String?

    package init(
        url: String, template: String? = nil, authentication: Authentication, user: String? = nil,
        password: String? = nil, trustFile: String? = nil
    ) {
        self.url = url
        self.template = template
        self.authentication = authentication
        self.user = user
        self.password = password
        self.trustFile = trustFile
    }
}
