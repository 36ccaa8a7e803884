import FleetModel

/// Names that `Request-CsCertificate` works out by itself and puts into a request, whoever asked for them.
///
/// It reads the published topology and fills in server, pool, web services and simple URLs, and of the SIP domains the
/// default one (reference of `Request-CsCertificate`: all of them only with `-AllSipDomain`). Only the topology changes
/// that, so a name of these is no reason to refuse a request. Exchange puts in what it is given.
struct ProductNames {
    let rules: NameRules
    let usages: [String]
    /// What the inventory will not have (`names.drop`): better no certificate than one with such a name.
    let unwanted: [String]

    /// All that may be there.
    var possible: [String] {
        guard !rules.pool.type.isExchange, rules.pool.type != .reverseProxy else { return [] }
        let pool = rules.pool
        let servers: [String?] = [rules.poolFQDN, rules.hostFQDN]
        let sip = rules.inventory.sipDomains.map { "sip.\($0)" }
        let services: [String?] =
            pool.type == .edge
            ? [pool.access?.fqdn, pool.webConferencing?.fqdn]
            : [pool.webInternal, pool.webExternal] + rules.topology.meet
                + [rules.topology.dialin, rules.topology.admin]
                + rules.inventory.sipDomains.flatMap { ["lyncdiscoverinternal.\($0)", "lyncdiscover.\($0)"] }
        let unwanted = Set(unwanted.map { $0.lowercased() })
        return ((servers + services).compactMap { $0 } + sip).filter { !unwanted.contains($0.lowercased()) }
    }

    /// What is there every time: its lack in the order takes nothing away from a server.
    var certain: [String] {
        guard [.frontEnd, .standardEdition, .director].contains(rules.pool.type), usages.contains("Default") else {
            return []
        }
        return rules.inventory.sipDomains.prefix(1).map { "sip.\($0)" }
    }
}
