/// Which port shows which certificate, by role and version.
///
/// Source: the vendor's port requirement pages for Front Ends, Edge servers and Unified Messaging. Ports that exist
/// only with optional features are left out: a closed one would count as a failed check.
package enum ServicePorts {
    /// The product's ports for a usage; empty for `AudioVideoAuthentication`, which appears on no port.
    package static func standard(for usage: String, type: PoolType, version: ProductVersion) -> [Int] {
        switch (type, usage) {
        case (.frontEnd, "Default"), (.standardEdition, "Default"), (.director, "Default"): [5061, 444]
        case (_, "WebServicesInternal"): [443]
        case (_, "WebServicesExternal"): [4443]
        case (.mediation, "Default"): [5067]
        case (.sba, "Default"): [5061]
        case (.edge, "Internal"): [5061, 5062]
        case (.edge, "AccessEdgeExternal"): [443, 5061]
        case (.edge, "DataEdgeExternal"): [443]
        case (.exchangeUM, "UM"): version == .v2007sp1 || version == .v2010 ? [5061] : [5063]
        case (.exchangeUM, "UMCallRouter"), (.callRouter, "UMCallRouter"): [5061]
        default: []
        }
    }
}
