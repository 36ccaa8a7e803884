import FleetModel

/// Which usages and versions a pool's type can have.
///
/// Source: the vendor's certificate tables per role, and its list of products: XMPP was dropped in Skype for Business
/// Server 2019, Unified Messaging in Exchange 2019, the Call Router came with Exchange 2013.
enum UsageRules {
    /// The legal usages, in the order of the vendor's tables.
    static func legal(for type: PoolType, version: ProductVersion) -> [String] {
        switch type {
        case .frontEnd, .standardEdition, .director: ["Default", "WebServicesInternal", "WebServicesExternal"]
        case .mediation, .sba: ["Default"]
        case .edge:
            ["Internal", "AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"]
                + (version == .v2013 || version == .v2015 ? ["XMPPServer"] : [])
        case .exchangeUM, .callRouter:
            (version == .v2013 || version == .v2016 ? ["UM", "UMCallRouter"] : ["UM"]) + ["IIS", "SMTP", "POP", "IMAP"]
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

    /// The versions that a type exists in.
    static func versions(of type: PoolType) -> [ProductVersion] {
        type.isExchange ? [.v2007sp1, .v2010, .v2013, .v2016] : [.v2013, .v2015, .v2019, .se]
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
    static func mayShareKey(_ type: PoolType) -> Bool { type == .edge }

    /// Pool keys that mean something for some types only.
    static let keysOfTypes: [(key: String, types: [PoolType])] = [
        ("web_internal", [.frontEnd]), ("web_external", [.frontEnd, .standardEdition]),
        ("paired_with", [.frontEnd, .standardEdition]), ("next_hop", [.edge]), ("access", [.edge]),
        ("web_conferencing", [.edge]), ("av", [.edge]), ("serves", [.exchangeUM]),
    ]

    /// Pools that users are homed on: what `next_hop`, `serves` and `paired_with` point to.
    static let homes: [PoolType] = [.frontEnd, .standardEdition]
}
