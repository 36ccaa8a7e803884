import FleetModel

/// Which names a certificate must bear, by role and usage.
///
/// Source: the vendor's pages "Certificate requirements for internal servers", "Plan for Edge Server certificates" and
/// "Deploying certificates for Unified Messaging". Where they differ the reading that is followed is said in the origin.
struct NameRules {
    let inventory: Inventory
    let pool: Pool
    let host: Host

    /// The subject's name and the alternative names of one certificate for these usages, before `names.add` and `drop`.
    func names(for usages: [String]) -> (subject: String, names: NameList) {
        switch pool.type {
        case .edge: edge(usages)
        case .exchangeUM, .callRouter: exchange()
        default: registrar(usages)
        }
    }

    // MARK: Front End and Standard Edition

    private func registrar(_ usages: [String]) -> (String, NameList) {
        var list = NameList()
        let pooled = pool.type != .standardEdition
        let subject = pooled ? pool.fqdn ?? host.fqdn : host.fqdn
        list.add(
            subject,
            origin: pooled ? "subject: pool FQDN (rule; the page's example has the server's)" : "subject: server FQDN")
        list.add(host.fqdn, origin: "server FQDN")
        let inside = usages.contains("WebServicesInternal")
        let outside = usages.contains("WebServicesExternal")
        if inside { list.add(pool.webInternal, origin: "internal web services FQDN") }
        if outside { list.add(pool.webExternal, origin: "external web services FQDN") }
        if inside || outside {
            for url in inventory.topology.meet { list.add(url, origin: "meet URL") }
            list.add(inventory.topology.dialin, origin: "dialin URL")
        }
        if inside { list.add(inventory.topology.admin, origin: "admin URL") }
        if usages.contains("Default"), inventory.topology.strictDNSAutoLogon {
            for domain in inventory.sipDomains {
                list.add("sip.\(domain)", origin: "automatic sign-in with strict DNS matching")
            }
        }
        if inventory.topology.autodiscover { addAutodiscover(inside: inside, outside: outside, to: &list) }
        return (subject, list)
    }

    /// The mobility page asks for a name per SIP domain, the Autodiscover summary for the internal domain: both.
    private func addAutodiscover(inside: Bool, outside: Bool, to list: inout NameList) {
        if inside {
            for domain in inventory.sipDomains {
                list.add("lyncdiscoverinternal.\(domain)", origin: "Autodiscover inside, SIP domain \(domain)")
            }
            if let dot = host.fqdn.firstIndex(of: ".") {
                let domain = host.fqdn[host.fqdn.index(after: dot)...]
                list.add(
                    "lyncdiscoverinternal.\(domain)", origin: "Autodiscover inside, internal domain (summary page)")
            }
        }
        if outside {
            for domain in inventory.sipDomains {
                list.add("lyncdiscover.\(domain)", origin: "Autodiscover outside, SIP domain \(domain)")
            }
        }
    }

    // MARK: Edge

    private func edge(_ usages: [String]) -> (String, NameList) {
        var list = NameList()
        if usages.contains("AccessEdgeExternal") {
            let subject = pool.access?.fqdn ?? host.fqdn
            list.add(subject, origin: "subject: Access Edge FQDN")
            list.add(pool.webConferencing?.fqdn, origin: "Web Conferencing Edge FQDN")
            for domain in inventory.sipDomains { list.add("sip.\(domain)", origin: "SIP domain \(domain)") }
            return (subject, list)
        }
        if usages.contains("DataEdgeExternal") {
            let subject = pool.webConferencing?.fqdn ?? host.fqdn
            list.add(subject, origin: "subject: Web Conferencing Edge FQDN")
            return (subject, list)
        }
        let subject = pool.fqdn ?? host.fqdn
        let why =
            usages.contains("Internal")
            ? "subject: internal Edge pool FQDN" : "subject: the wizard's proposal; the service reads no name"
        list.add(subject, origin: why)
        return (subject, list)
    }

    // MARK: Exchange

    private func exchange() -> (String, NameList) {
        var list = NameList()
        list.add(host.fqdn, origin: "subject: Exchange server FQDN, never a wildcard")
        return (host.fqdn, list)
    }
}
