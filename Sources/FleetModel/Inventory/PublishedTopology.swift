/// What the Central Management store says of a deployment, as far as certificates are concerned; or what an inventory
/// says of the same.
package struct PublishedTopology: Sendable, Equatable, Codable {
    /// A pool of Lync or Skype for Business servers.
    package struct Pool: Sendable, Equatable, Codable {
        package var fqdn: String
        package var type: PoolType
        /// FQDNs of its servers.
        package var members: [String]
        /// `nil` where it is not overridden.
        package var webInternal: String?
        /// `nil` where it is the pool's own.
        package var webExternal: String?
        package var access: String?
        package var webConferencing: String?
        package var av: String?

        package init(
            fqdn: String, type: PoolType, members: [String], webInternal: String? = nil, webExternal: String? = nil,
            access: String? = nil, webConferencing: String? = nil, av: String? = nil
        ) {
            self.fqdn = fqdn
            self.type = type
            self.members = members
            self.webInternal = webInternal
            self.webExternal = webExternal
            self.access = access
            self.webConferencing = webConferencing
            self.av = av
        }
    }

    /// The first is the primary one.
    package var sipDomains: [String]
    /// Hosts of the simple URLs.
    package var meet: [String]
    package var dialin: String?
    package var admin: String?
    package var pools: [Pool]

    package init(
        sipDomains: [String] = [], meet: [String] = [], dialin: String? = nil, admin: String? = nil, pools: [Pool] = []
    ) {
        self.sipDomains = sipDomains
        self.meet = meet
        self.dialin = dialin
        self.admin = admin
        self.pools = pools
    }

    /// The part of an inventory that is published: neither Exchange nor a reverse proxy is.
    package init(_ inventory: Inventory) {
        self.init(
            sipDomains: inventory.sipDomains, meet: inventory.topology.meet, dialin: inventory.topology.dialin,
            admin: inventory.topology.admin,
            pools: inventory.pools.compactMap { pool in
                guard !pool.type.isExchange, pool.type != .reverseProxy, let fqdn = pool.effectiveFQDN else {
                    return nil
                }
                return Pool(
                    fqdn: fqdn, type: pool.type, members: pool.hosts.map(\.fqdn), webInternal: pool.webInternal,
                    webExternal: pool.webExternal, access: pool.access?.fqdn,
                    webConferencing: pool.webConferencing?.fqdn, av: pool.av?.fqdn)
            })
    }

    /// A pool by its FQDN, whatever the case of letters.
    package func pool(_ fqdn: String) -> Pool? { pools.first { $0.fqdn.lowercased() == fqdn.lowercased() } }
}
