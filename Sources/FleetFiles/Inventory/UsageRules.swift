import FleetModel

/// Which usages and versions a pool's type can have.
///
/// Source: the vendor's certificate tables per role, and its list of products: XMPP was dropped in Skype for Business
/// Server 2019, Unified Messaging in Exchange 2019, the Call Router came with Exchange 2013.
enum UsageRules {
    /// The legal usages, in the order of the vendor's tables.
    static func legal(for type: PoolType, version: ProductVersion) -> [String] {
        switch type {
        case .frontEnd, .standardEdition, .director:
            ["Default", "WebServicesInternal", "WebServicesExternal"] + global
        case .mediation, .sba: ["Default"]
        case .edge:
            ["Internal", "AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"]
                + (version == .v2013 || version == .v2015 ? ["XMPPServer"] : [])
        case .callRouter: ["UMCallRouter"] + mail
        case .exchangeUM:
            (version == .v2013 || version == .v2016 ? ["UM", "UMCallRouter"] : ["UM"]) + mail
        case .reverseProxy: []
        }
    }

    /// Every usage of any type, each once.
    static var all: [String] {
        var all: [String] = []
        for type in InventoryKeys.poolTypes {
            for usage in legal(for: type, version: .v2013) where !all.contains(usage) { all.append(usage) }
        }
        return all
    }

    /// What is assigned once for the whole deployment.
    static let global = ["OAuthTokenIssuer"]

    /// Services of an Exchange certificate that have nothing to do with Unified Messaging.
    private static let mail = ["IIS", "SMTP", "POP", "IMAP"]

    /// Usages on whose certificates a wildcard may stand in place of simple-URL and lyncdiscover names
    /// ("Wildcard certificate support").
    static let web = ["WebServicesInternal", "WebServicesExternal"]

    /// Why the alternative names of such a certificate may not have a wildcard; `nil` when they may.
    ///
    /// On the Edge's internal interface it is pointless and no more; Exchange tolerates it.
    static func objectionToWildcard(type: PoolType, usages: [String]) -> String? {
        switch type {
        case .reverseProxy, .exchangeUM, .callRouter: nil
        case .frontEnd, .standardEdition, .director:
            usages.contains(where: web.contains)
                ? nil : "a wildcard is allowed on the web services' certificates only"
        case .mediation: "no wildcard on a Mediation Server: pool and server FQDN must be spelt out"
        case .sba: "no wildcard on a Survivable Branch Appliance: the SIP domains' names must be spelt out"
        case .edge:
            usages == ["Internal"]
                ? nil
                : "no wildcard on an Edge's external interface: Web Conferencing and SIP names must be spelt out"
        }
    }

    /// The versions that a type exists in.
    static func versions(of type: PoolType) -> [ProductVersion] {
        switch type {
        case .callRouter: [.v2013, .v2016]
        case .exchangeUM: [.v2007sp1, .v2010, .v2013, .v2016]
        default: [.v2013, .v2015, .v2019, .se]
        }
    }

    /// Why a pool of this type cannot have this version; `nil` when it can.
    static func objection(to version: ProductVersion, for type: PoolType) -> String? {
        if versions(of: type).contains(version) { return nil }
        if type.isExchange, version == .v2019 || version == .se {
            return "Unified Messaging was removed with Exchange 2019"
        }
        if !type.isExchange, version == .v2010 { return "Lync Server 2010 is not supported" }
        return "there is no `\(type.rawValue)` of version \(version.rawValue)"
    }

    /// Types whose members may hold one key together.
    static func mayShareKey(_ type: PoolType) -> Bool { type == .edge || type.isExchange || type == .reverseProxy }

    /// Pool keys that mean something for some types only.
    static let keysOfTypes: [(key: String, types: [PoolType])] = [
        ("web_internal", [.frontEnd, .director]),
        ("web_external", [.frontEnd, .standardEdition, .director, .reverseProxy]),
        ("paired_with", [.frontEnd, .standardEdition]), ("next_hop", [.edge, .director, .mediation, .sba]),
        ("access", [.edge]), ("web_conferencing", [.edge]), ("av", [.edge]), ("serves", [.exchangeUM, .callRouter]),
    ]

    /// Pools that users are homed on: what `next_hop`, `serves` and `paired_with` point to.
    static let homes: [PoolType] = [.frontEnd, .standardEdition]
}
