/// The role of a pool's servers; raw values are the inventory's words.
package enum PoolType: String, Sendable, Codable, CaseIterable {
    case frontEnd = "front-end"
    case standardEdition = "standard-edition"
    case director, mediation, sba, edge
    case exchangeUM = "exchange-um"
    case callRouter = "call-router"
    case reverseProxy = "reverse-proxy"

    package var isExchange: Bool { self == .exchangeUM || self == .callRouter }
}

/// The product's version; raw values are the inventory's words.
package enum ProductVersion: String, Sendable, Codable, CaseIterable {
    case v2007sp1 = "2007sp1"
    case v2010 = "2010"
    case v2013 = "2013"
    case v2015 = "2015"
    case v2016 = "2016"
    case v2019 = "2019"
    case se = "se"

    /// The product as the vendor's reference names it, for the signatures that apply. Subscription Edition is 2019's
    /// code with 2019's signatures (vendor's product blog, June 2025).
    package func product(for type: PoolType) -> String {
        if type.isExchange {
            switch self {
            case .v2007sp1: "Exchange Server 2007"
            case .v2010: "Exchange Server 2010"
            case .v2013: "Exchange Server 2013"
            case .v2016: "Exchange Server 2016"
            case .v2015, .v2019: "Exchange Server 2019"
            case .se: "Exchange Server SE"
            }
        } else {
            switch self {
            case .v2007sp1, .v2010: "Lync Server 2010"
            case .v2013: "Lync Server 2013"
            case .v2015: "Skype for Business Server 2015"
            case .v2016, .v2019, .se: "Skype for Business Server 2019"
            }
        }
    }

    /// The module or snap-in that holds the product's cmdlets on a server.
    package func module(for type: PoolType) -> ProductModule {
        if type.isExchange {
            switch self {
            case .v2007sp1: .snapin("Microsoft.Exchange.Management.PowerShell.Admin")
            case .v2010: .snapin("Microsoft.Exchange.Management.PowerShell.E2010")
            default: .snapin("Microsoft.Exchange.Management.PowerShell.SnapIn")
            }
        } else {
            switch self {
            case .v2007sp1, .v2010, .v2013: .module("Lync")
            default: .module("SkypeForBusiness")
            }
        }
    }
}

/// How a product's cmdlets are loaded; the name is also the qualifier on the wire.
package enum ProductModule: Sendable, Hashable {
    case module(String)
    case snapin(String)

    package var name: String {
        switch self {
        case .module(let name), .snapin(let name): name
        }
    }
}

/// One Edge service: the name that clients use and its port.
package struct EdgeService: Sendable, Equatable {
    package var fqdn: String
    package var port: Int

    package init(fqdn: String, port: Int) {
        self.fqdn = fqdn
        self.port = port
    }
}

/// What spreads the load over a pool's members; it decides how a member is drained.
package enum LoadBalancing: String, Sendable, Codable, CaseIterable {
    case dns, hardware, none
}

/// How carefully a pool is switched.
package struct RolloutPolicy: Sendable, Equatable {
    package var canary: Int
    package var maxFailures: Int
    /// How long a pool must have been ready before its next member (20 minutes by the vendor's upgrade guide).
    package var readyFor: Duration
    /// Restarts are put off and owed, until `certfleet restart`.
    package var defersRestarts = false
    /// Outside of these hours restarts are put off.
    package var window: RestartWindow?

    package init(canary: Int = 1, maxFailures: Int = 0, readyFor: Duration = .seconds(1200)) {
        self.canary = canary
        self.maxFailures = maxFailures
        self.readyFor = readyFor
    }
}

/// Servers that answer under one name; a Standard Edition server is a pool of one.
package struct Pool: Sendable, Equatable {
    package var name: String
    package var site: String
    package var type: PoolType
    package var version: ProductVersion
    /// Exchange servers and Standard Editions have none of their own: then it is the host's.
    package var fqdn: String?
    package var webInternal: String?
    package var webExternal: String?
    package var pairedWith: String?
    package var nextHop: String?
    package var access: EdgeService?
    package var webConferencing: EdgeService?
    package var av: EdgeService?
    package var loadBalancing: LoadBalancing?
    /// Front End pools whose `RTCSRV` must restart after a change here.
    package var serves: [String]
    package var rollout: RolloutPolicy
    /// The lead of `renew`: due when less is left than min(lead, a third of the certificate's life).
    package var lead: Duration
    package var hosts: [Host]
    package var orders: [OrderDefinition]
    package var place: SourcePlace

    package init(name: String, site: String, type: PoolType, version: ProductVersion, place: SourcePlace) {
        self.name = name
        self.site = site
        self.type = type
        self.version = version
        self.serves = []
        self.rollout = RolloutPolicy()
        self.lead = .seconds(60 * 86_400)
        self.hosts = []
        self.orders = []
        self.place = place
    }

    /// The pool's own name for certificates: its FQDN, or that of its one host.
    package var effectiveFQDN: String? { fqdn ?? (hosts.count == 1 ? hosts[0].fqdn : nil) }
}
