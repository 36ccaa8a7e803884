package import FleetModel

/// Where an inventory and the published topology do not say the same.
package struct TopologyDifference: Sendable, Equatable {
    /// One thing that differs: what it is, what the inventory says, what is published.
    package struct Line: Sendable, Equatable {
        package var what: String
        package var inventory: String?
        package var published: String?
    }

    package private(set) var lines: [Line] = []

    package init(inventory: PublishedTopology, published: PublishedTopology) {
        compare("primary SIP domain", inventory.sipDomains.first, published.sipDomains.first)
        compare("SIP domain", inventory.sipDomains, published.sipDomains)
        compare("meet URL", inventory.meet, published.meet)
        compare("dialin URL", inventory.dialin, published.dialin)
        compare("admin URL", inventory.admin, published.admin)
        compare("pool", inventory.pools.map(\.fqdn), published.pools.map(\.fqdn))
        for mine in inventory.pools {
            guard let theirs = published.pool(mine.fqdn) else { continue }
            let whose = { (what: String) in "\(what) of \(mine.fqdn)" }
            compare(whose("type"), mine.type.rawValue, theirs.type.rawValue)
            compare(whose("server"), mine.members, theirs.members)
            compare(whose("internal web services FQDN"), own(mine.webInternal, mine), theirs.webInternal)
            compare(whose("external web services FQDN"), own(mine.webExternal, mine), theirs.webExternal)
            compare(whose("Access Edge FQDN"), mine.access, theirs.access)
            compare(whose("Web Conferencing Edge FQDN"), mine.webConferencing, theirs.webConferencing)
            compare(whose("A/V Edge FQDN"), mine.av, theirs.av)
        }
    }

    /// A name that is the pool's own is no override.
    private func own(_ name: String?, _ pool: PublishedTopology.Pool) -> String? {
        name?.lowercased() == pool.fqdn.lowercased() ? nil : name
    }

    private mutating func compare(_ what: String, _ mine: String?, _ theirs: String?) {
        guard mine?.lowercased() != theirs?.lowercased() else { return }
        lines.append(Line(what: what, inventory: mine, published: theirs))
    }

    private mutating func compare(_ what: String, _ mine: [String], _ theirs: [String]) {
        let (known, there) = (Set(mine.map { $0.lowercased() }), Set(theirs.map { $0.lowercased() }))
        for name in mine where !there.contains(name.lowercased()) {
            lines.append(Line(what: what, inventory: name, published: nil))
        }
        for name in theirs where !known.contains(name.lowercased()) {
            lines.append(Line(what: what, inventory: nil, published: name))
        }
    }
}
