import FleetModel

/// What the rows of the registrars' tables are made of, in the order in which a certificate for several usages has it.
private enum NamePart: Int, CaseIterable {
    case pool, host, webInternal, webExternal, meet, dialin, admin, sip, discoverInternal, discoverExternal
}

/// One row of a table: whose name the subject is, and the alternative names in the order of the page.
private struct NameRow {
    var subject: NamePart
    var origin: String
    var isBinding = false
    var parts: [NamePart]
}

/// Front End, Standard Edition and Director: the roles with web services.
extension NameRules {
    func registrar(_ usages: [String]) -> CertificateNames {
        let rows = usages.compactMap { table[$0] }
        // The usage that binds the subject decides it: `Default` before the web services.
        guard let first = rows.first(where: \.isBinding) ?? rows.first else {
            return CertificateNames(subject: hostFQDN, origin: "server FQDN", isBinding: false)
        }
        var names = CertificateNames(
            subject: first.subject == .pool ? poolFQDN : hostFQDN, origin: first.origin, isBinding: first.isBinding)
        for part in parts(of: rows) { add(part, usages: usages, to: &names.list) }
        if usages == ["WebServicesExternal"], pool.type == .frontEnd {
            names.leaveOut(
                topology.admin,
                why: "admin URL: the page's rule column has it, its example and the other roles' rows do not")
        }
        return names
    }

    /// One row as its page prints it; several as a union in the usual order.
    private func parts(of rows: [NameRow]) -> [NamePart] {
        if rows.count == 1 { return rows[0].parts }
        let union = NamePart.allCases.filter { part in rows.contains { $0.parts.contains(part) } }
        guard pool.type == .director else { return union }
        // The Director's certificate summaries print dialin before meet.
        return union.filter { $0.rawValue < NamePart.meet.rawValue } + [.dialin, .meet].filter(union.contains)
            + union.filter { $0.rawValue > NamePart.dialin.rawValue }
    }

    private var table: [String: NameRow] {
        switch pool.type {
        case .director: director
        case .standardEdition: standardEdition
        default: frontEnd
        }
    }

    private var frontEnd: [String: NameRow] {
        let rule = "pool FQDN: the page's rule is followed, its example has the server's"
        return [
            "Default": NameRow(
                subject: .pool, origin: "pool FQDN", isBinding: true, parts: [.pool, .host, .sip]),
            "WebServicesInternal": NameRow(
                subject: .pool, origin: rule,
                parts: [.webInternal, .host, .pool, .meet, .dialin, .admin, .discoverInternal]),
            "WebServicesExternal": NameRow(
                subject: .pool, origin: rule, parts: [.webExternal, .meet, .dialin, .discoverExternal]),
            "OAuthTokenIssuer": NameRow(
                subject: .pool, origin: "pool FQDN, as on the default certificate: any Lync certificate serves",
                parts: [.pool, .host, .sip]),
        ]
    }

    private var standardEdition: [String: NameRow] {
        let own = "server FQDN, which is the pool's too"
        return [
            "Default": NameRow(subject: .host, origin: own, isBinding: true, parts: [.host, .sip]),
            "WebServicesInternal": NameRow(
                subject: .host, origin: own, parts: [.host, .meet, .dialin, .admin, .discoverInternal]),
            "WebServicesExternal": NameRow(
                subject: .host, origin: own, parts: [.webExternal, .meet, .dialin, .discoverExternal]),
            "OAuthTokenIssuer": NameRow(
                subject: .host, origin: own + ": any Lync certificate serves", parts: [.host, .sip]),
        ]
    }

    private var director: [String: NameRow] {
        // Skype for Business' rule column lists the pool beside the server; Lync's table does not.
        let inside: [NamePart] = pool.version == .v2013 ? [.host, .webInternal] : [.host, .webInternal, .pool]
        return [
            "Default": NameRow(
                subject: .pool, origin: "Director pool FQDN", isBinding: true, parts: [.pool, .host, .sip]),
            "WebServicesInternal": NameRow(
                subject: .host, origin: "server FQDN", parts: inside + [.meet, .dialin, .admin, .discoverInternal]),
            "WebServicesExternal": NameRow(
                subject: .host, origin: "server FQDN", parts: [.webExternal, .meet, .dialin, .discoverExternal]),
            "OAuthTokenIssuer": NameRow(
                subject: .host, origin: "server FQDN, as the Director's summary has it; no names needed", parts: []),
        ]
    }

    // MARK: Parts

    private func add(_ part: NamePart, usages: [String], to list: inout NameList) {
        switch part {
        case .pool: addPool(usages, to: &list)
        case .host: list.add(hostFQDN, origin: "server FQDN")
        case .webInternal: list.add(pool.webInternal, origin: "internal web services FQDN")
        case .webExternal:
            let own = pool.type == .frontEnd ? poolFQDN : hostFQDN
            list.add(
                pool.webExternal ?? own,
                origin: pool.webExternal == nil
                    ? "external web services FQDN: none is given, so it is \(own)" : "external web services FQDN")
        case .meet:
            for url in topology.meet { addReplaceable(url, origin: "meet URL", to: &list) }
        case .dialin: topology.dialin.map { addReplaceable($0, origin: "dialin URL", to: &list) }
        case .admin: topology.admin.map { addReplaceable($0, origin: "admin URL", to: &list) }
        case .sip:
            if topology.strictDNSAutoLogon || chosenDomains != nil {
                addSIP(to: &list, why: "automatic sign-in with strict DNS matching")
            }
        case .discoverInternal: addDiscoverInternal(to: &list)
        case .discoverExternal: addDiscoverExternal(to: &list)
        }
    }

    private func addPool(_ usages: [String], to list: inout NameList) {
        // On the web usages the pages' examples do without it, so a certificate like theirs is left in place.
        let web = usages.allSatisfy { $0.hasPrefix("WebServices") }
        list.add(
            poolFQDN, origin: web ? "pool FQDN: the page's rule column; its example does without" : "pool FQDN",
            instead: web ? [[]] : [])
    }

    /// The mobility page asks for a name per SIP domain, the Autodiscover summary for the internal domain: a Front End
    /// gets both. The Director's summaries print the SIP domains only.
    private func addDiscoverInternal(to list: inout NameList) {
        guard topology.autodiscover else { return }
        for domain in inventory.sipDomains {
            addReplaceable(
                "lyncdiscoverinternal.\(domain)", origin: "Autodiscover inside, SIP domain \(domain)", to: &list)
        }
        guard pool.type != .director, let dot = hostFQDN.firstIndex(of: ".") else { return }
        addReplaceable(
            "lyncdiscoverinternal\(hostFQDN[dot...])",
            origin: "Autodiscover inside, internal domain: its summary has it, the mobility page the SIP domains; both",
            to: &list)
    }

    func addDiscoverExternal(to list: inout NameList) {
        guard topology.autodiscover else { return }
        for domain in inventory.sipDomains {
            addReplaceable("lyncdiscover.\(domain)", origin: "Autodiscover outside, SIP domain \(domain)", to: &list)
        }
    }

    /// A name that a wildcard may stand for, here and nowhere else ("Wildcard certificate support").
    func addReplaceable(_ name: String, origin: String, to list: inout NameList) {
        list.add(name, origin: origin, instead: Self.wildcard(over: name).map { [[$0]] } ?? [])
    }
}
