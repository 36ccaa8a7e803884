package import FleetModel

/// Who a simulated host is: `host.json` of its state folder. What the published topology would tell a real server.
package struct HostIdentity: Sendable, Equatable, Codable {
    /// Short name, as in the inventory.
    package var name: String
    package var fqdn: String
    /// The pool's short name.
    package var pool: String
    /// The pool's FQDN; the host's own for a Standard Edition or an Exchange server.
    package var poolFQDN: String
    package var type: PoolType
    package var version: ProductVersion
    /// FQDNs of all servers of the pool, this one among them, in the order of the inventory.
    package var members: [String]
    /// Edge: the names that clients use.
    package var accessFQDN: String?
    package var webConferencingFQDN: String?
    /// What the host reads from the Central Management store; `nil` where it cannot.
    package var topology: PublishedTopology?
    /// Where the host's TLS ports really are, on 127.0.0.1.
    package var ports: [PortMapping]
    /// What `$PSVersionTable` says.
    package var powerShell: String
    /// Whether the sign-in is played as one with network credentials; none: it is not.
    package var hasNetworkCredentials: Bool?
    /// Folder for transcripts, absolute: everything received is written there, byte for byte, secrets included.
    package var transcripts: String?

    package init(
        name: String, fqdn: String, pool: String, poolFQDN: String, type: PoolType, version: ProductVersion,
        members: [String], accessFQDN: String? = nil, webConferencingFQDN: String? = nil,
        topology: PublishedTopology? = nil, ports: [PortMapping] = [],
        powerShell: String = "5.1.17763.1", hasNetworkCredentials: Bool? = nil, transcripts: String? = nil
    ) {
        self.name = name
        self.fqdn = fqdn
        self.pool = pool
        self.poolFQDN = poolFQDN
        self.type = type
        self.version = version
        self.members = members
        self.accessFQDN = accessFQDN
        self.webConferencingFQDN = webConferencingFQDN
        self.topology = topology
        self.ports = ports
        self.powerShell = powerShell
        self.hasNetworkCredentials = hasNetworkCredentials
        self.transcripts = transcripts
    }

    /// The subject's common name as the topology gives it (the vendor's certificate requirements for each role): the
    /// pool's FQDN, on the Edge's external side the service's.
    package func commonName(for usages: [String]) -> String {
        if type == .edge {
            if usages.contains("AccessEdgeExternal") { return accessFQDN ?? poolFQDN }
            if usages.contains("DataEdgeExternal") { return webConferencingFQDN ?? poolFQDN }
        }
        return type == .standardEdition || type.isExchange ? fqdn : poolFQDN
    }
}
