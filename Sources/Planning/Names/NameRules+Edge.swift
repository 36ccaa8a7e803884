import FleetModel

/// Edge Server: the internal interface, and one or more certificates on the external one.
extension NameRules {
    func edge(_ usages: [String]) -> CertificateNames {
        if usages.contains("AccessEdgeExternal") || usages.contains("XMPPServer") { return accessEdge(usages) }
        if usages.contains("DataEdgeExternal") {
            let subject = pool.webConferencing?.fqdn ?? poolFQDN
            var names = CertificateNames(subject: subject, origin: "Web Conferencing Edge FQDN", isBinding: false)
            names.list.add(subject, origin: "Web Conferencing Edge FQDN")
            return names
        }
        if usages.contains("Internal") {
            return CertificateNames(
                subject: poolFQDN, origin: "internal Edge pool FQDN; no alternative names needed", isBinding: true)
        }
        var names = CertificateNames(
            subject: poolFQDN, origin: "the wizard's proposal: the A/V service reads no name", isBinding: false)
        leaveOutAV(usages, &names)
        return names
    }

    private func accessEdge(_ usages: [String]) -> CertificateNames {
        let access = pool.access?.fqdn ?? hostFQDN
        var names = CertificateNames(subject: access, origin: "Access Edge FQDN", isBinding: false)
        let sip = Set(sipDomains.map { "sip.\($0)".lowercased() })
        // Lync's tables print the Web Conferencing name before the SIP domains', unless XMPP or public IM is in the
        // scenario.
        let xmpp = self.xmpp(usages)
        if pool.version != .v2013 || asksForAOL || !xmpp.isEmpty || !sip.contains(access.lowercased()) {
            names.list.add(access, origin: "Access Edge FQDN")
        }
        names.list.add(pool.webConferencing?.fqdn, origin: "Web Conferencing Edge FQDN")
        for domain in sipDomains {
            names.list.add("sip.\(domain)", origin: "SIP domain \(domain)")
            // The summary of SIP and XMPP together prints each bare domain behind its SIP name.
            if xmpp.contains(domain) { addXMPP(domain, to: &names.list) }
        }
        for domain in xmpp { addXMPP(domain, to: &names.list) }
        if usages.contains("Internal") { names.list.add(poolFQDN, origin: "internal Edge pool FQDN") }
        for domain in xmpp {
            let why = "XMPP: the scenario page's form, with a wildcard that an Edge's external interface may not have"
            names.leaveOut("xmpp.\(domain)", why: why)
            names.leaveOut("*.\(domain)", why: why)
        }
        leaveOutAV(usages, &names)
        return names
    }

    private func xmpp(_ usages: [String]) -> [String] {
        guard usages.contains("XMPPServer") else { return [] }
        return topology.xmppDomains.isEmpty ? inventory.sipDomains : topology.xmppDomains
    }

    private func addXMPP(_ domain: String, to list: inout NameList) {
        list.add(
            domain, origin: "XMPP domain: the bare domain, as the summary page has it",
            instead: [["xmpp.\(domain)", "*.\(domain)"]])
    }

    private func leaveOutAV(_ usages: [String], _ names: inout CertificateNames) {
        guard usages.contains("AudioVideoAuthentication") else { return }
        names.leaveOut(
            pool.av?.fqdn,
            why:
                "A/V Edge FQDN: one planning page asks for it, tables and requirements do not; the service reads no name"
        )
    }

    /// Public instant messaging with AOL.
    var asksForAOL: Bool { topology.publicIM.contains("aol") }
}
