import FleetModel

/// Mediation Server, Survivable Branch Appliance, Exchange and the reverse proxy.
extension NameRules {
    func mediation() -> CertificateNames {
        var names = CertificateNames(subject: poolFQDN, origin: "pool FQDN", isBinding: true)
        names.list.add(poolFQDN, origin: "pool FQDN")
        names.list.add(hostFQDN, origin: "server FQDN")
        return names
    }

    /// Its table has the SIP domains' names only, whatever clients do.
    func branchAppliance() -> CertificateNames {
        var names = CertificateNames(subject: hostFQDN, origin: "appliance FQDN", isBinding: true)
        addSIP(to: &names.list, why: "the appliance's table")
        return names
    }

    /// One server by default; all servers on a shared certificate, and where they stand in for each other.
    ///
    /// The overview page has both the server's own name in each certificate and one certificate with all names.
    func exchange() -> CertificateNames {
        var names = CertificateNames(
            subject: hostFQDN, origin: "Exchange server FQDN, never a wildcard", isBinding: true)
        // The web form of Exchange 2007 has a name and no alternative names.
        if pool.version == .v2007sp1 && sharing == .host { return names }
        addExchange(hostFQDN, origin: "Exchange server FQDN", to: &names.list)
        let balanced = pool.loadBalancing == .dns || pool.loadBalancing == .hardware
        guard sharing != .host || balanced else { return names }
        let why = sharing == .host ? "stands in for this one (load_balancing)" : "shares the certificate"
        for other in pool.hosts { addExchange(other.fqdn, origin: "Exchange server that \(why)", to: &names.list) }
        return names
    }

    /// Names or a wildcard, as the page on redundancy has it.
    private func addExchange(_ name: String, origin: String, to list: inout NameList) {
        list.add(name, origin: origin, instead: Self.wildcard(over: name).map { [[$0]] } ?? [])
    }

    /// What is published to the outside: the order is the page's.
    func reverseProxy() -> CertificateNames {
        let frontEnds = inventory.pools.filter { [.frontEnd, .standardEdition].contains($0.type) }
        let subject = pool.webExternal ?? frontEnds.compactMap(\.webExternal).first ?? poolFQDN
        var names = CertificateNames(
            subject: subject, origin: "external web services FQDN, which the proxy publishes", isBinding: false)
        names.list.add(subject, origin: "external web services FQDN")
        for published in frontEnds {
            names.list.add(published.webExternal, origin: "external web services FQDN of \(published.name)")
        }
        for director in inventory.pools where director.type == .director {
            names.list.add(director.webExternal, origin: "external web services FQDN of Director pool \(director.name)")
        }
        topology.dialin.map { addReplaceable($0, origin: "dialin URL", to: &names.list) }
        for url in topology.meet { addReplaceable(url, origin: "meet URL", to: &names.list) }
        names.list.add(topology.officeWebApps, origin: "Office Web Apps")
        addDiscoverExternal(to: &names.list)
        return names
    }
}
