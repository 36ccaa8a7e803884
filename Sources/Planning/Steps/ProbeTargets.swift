import FleetModel

/// The ports on which an order's certificate must be seen, and from where to look.
struct ProbeTargets {
    let pool: Pool
    let host: Host

    func targets(for order: CertificateOrder) -> [ProbeTarget] {
        order.usages.flatMap { usage in
            ServicePorts.standard(for: usage, type: pool.type, version: pool.version).map { standard in
                let port = host.ports.first { $0.usage == usage && $0.standard == standard }?.port
                return ProbeTarget(
                    usage: usage, standardPort: standard, address: address(for: usage), port: port ?? standard,
                    serverName: serverName(for: usage))
            }
        }
    }

    /// Each server by its own address, never the load balancer's. An Edge's external interface is elsewhere; where its
    /// address is not given the agent looks on the server itself.
    private func address(for usage: String) -> String? {
        switch (pool.type, usage) {
        case (.edge, "AccessEdgeExternal"): host.externalAccess
        case (.edge, "DataEdgeExternal"): host.externalWebConferencing
        default: host.address
        }
    }

    private func serverName(for usage: String) -> String {
        switch usage {
        case "AccessEdgeExternal": pool.access?.fqdn ?? host.fqdn
        case "DataEdgeExternal": pool.webConferencing?.fqdn ?? host.fqdn
        case "WebServicesInternal": pool.webInternal ?? host.fqdn
        case "WebServicesExternal": pool.webExternal ?? host.fqdn
        default: host.fqdn
        }
    }
}
