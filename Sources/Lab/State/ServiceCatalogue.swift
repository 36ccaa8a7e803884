package import FleetModel

/// Which Windows services and usages a role has, and which services go on with an old certificate until they start
/// again. Source: the vendor's lists of services; which usage needs which restart is known from the field only, since no
/// page of the vendor lists it.
package enum ServiceCatalogue {
    /// The product's services on a server of the role, in the order in which they start.
    package static func services(of type: PoolType, version: ProductVersion) -> [String] {
        switch type {
        case .frontEnd, .standardEdition:
            ["REPLICA", "RTCCLSAGT", "RTCSRV", "RTCCAA", "RTCIMMCU", "RTCDATAMCU", "RTCAVMCU", "W3SVC"]
        case .director: ["REPLICA", "RTCCLSAGT", "RTCSRV", "W3SVC"]
        case .mediation: ["REPLICA", "RTCCLSAGT", "RTCMEDSRV"]
        case .sba: ["REPLICA", "RTCCLSAGT", "RTCSRV", "RTCMEDSRV"]
        case .edge: ["REPLICA", "RTCCLSAGT", "RTCSRV", "RTCDATAPROXY", "RTCMRAUTH", "RTCMEDIARELAY"]
        case .exchangeUM:
            version == .v2007sp1 || version == .v2010 ? ["MSExchangeUM"] : ["MSExchangeUM", "MSExchangeUMCR"]
        case .callRouter: ["MSExchangeUMCR"]
        case .reverseProxy: []
        }
    }

    /// The usages (for Exchange: services of a certificate) that a certificate can be assigned to.
    package static func usages(of type: PoolType, version: ProductVersion) -> [String] {
        switch type {
        case .frontEnd, .standardEdition, .director:
            ["Default", "WebServicesInternal", "WebServicesExternal", "OAuthTokenIssuer"]
        case .mediation, .sba: ["Default"]
        case .edge:
            ["Internal", "AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"]
                + (version == .v2013 || version == .v2015 ? ["XMPPServer"] : [])
        case .exchangeUM: version == .v2007sp1 || version == .v2010 ? ["UM"] : ["UM", "UMCallRouter"]
        case .callRouter: ["UMCallRouter"]
        case .reverseProxy: []
        }
    }

    /// The services that must all have started since an assignment before the usage shows the new certificate; none
    /// for a usage that is picked up at once, such as the web services, whose bindings the cmdlet rewrites.
    package static func holders(of usage: String, type: PoolType) -> [String] {
        switch (type, usage) {
        case (.frontEnd, "Default"), (.standardEdition, "Default"):
            ["RTCSRV", "RTCCAA", "RTCIMMCU", "RTCDATAMCU", "RTCAVMCU"]
        case (.director, "Default"): ["RTCSRV"]
        case (.mediation, "Default"): ["RTCMEDSRV"]
        case (.sba, "Default"): ["RTCSRV", "RTCMEDSRV"]
        case (.edge, "Internal"): ["REPLICA", "RTCSRV", "RTCDATAPROXY", "RTCMRAUTH", "RTCMEDIARELAY"]
        case (.edge, "AccessEdgeExternal"): ["RTCSRV"]
        case (.edge, "DataEdgeExternal"): ["RTCDATAPROXY"]
        case (.edge, "AudioVideoAuthentication"): ["RTCMRAUTH", "RTCMEDIARELAY"]
        case (_, "UM"): ["MSExchangeUM"]
        case (_, "UMCallRouter"): ["MSExchangeUMCR"]
        default: []
        }
    }

    /// The service that listens on the usage's ports: while it is stopped, they are closed.
    package static func listener(of usage: String, type: PoolType) -> String? {
        usage.hasPrefix("WebServices") ? "W3SVC" : holders(of: usage, type: type).first { $0 != "REPLICA" }
    }
}
