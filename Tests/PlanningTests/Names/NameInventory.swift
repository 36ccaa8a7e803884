import FleetFiles
import FleetModel
import Planning
import Testing

/// The topology of a case as an inventory, in the words that an administrator would use.
struct NameInventory {
    var topology: NameFacts.Topology
    var version: String
    var certificates: [NameFacts.Certificate]
    /// Names that the case passes with `-DomainName`: they come on top.
    var adds = false

    static let types = [
        "StandardEdition": "standard-edition", "FrontEnd": "front-end", "Director": "director", "Edge": "edge",
        "Mediation": "mediation", "SBA": "sba", "ExchangeUM": "exchange-um", "ExchangeMultiRole": "exchange-um",
        "CallRouter": "call-router", "ReverseProxy": "reverse-proxy",
    ]

    var type: String { Self.types[topology.role] ?? topology.role }

    var text: String {
        ([
            "version: 1", "sip_domains: [\(topology.sipDomains.joined(separator: ", "))]", "topology:",
        ] + topologyLines + [
            "authorities: { corp: { kind: drop-folder, outbox: out, inbox: in, chain: [root.pem] } }",
            "defaults: { version: \"\(version)\", ssh: { user: u, key: k } }", "sites:", "  site:", "    pools:",
        ] + poolLines + others).map { $0 + "\n" }.joined()
    }

    /// The orders of the case's pool on its server.
    func orders() throws -> [CertificateOrder] {
        let inventory = try InventoryFile.parse(text: text, file: "fleet.yml", folder: "/project")
        let pool = try #require(inventory.pool("pool"))
        return OrderBuilder.orders(of: pool, in: inventory).filter { $0.hosts.isEmpty || $0.hosts.contains("h0") }
    }

    /// One case of public IM says so by its EKU only.
    private var publicIM: [String] {
        let asked = certificates.contains { $0.eku.contains("clientAuth") } ? ["aol"] : []
        return topology.pic?.map { $0.lowercased() } ?? asked
    }

    private var topologyLines: [String] {
        var lines = [
            "  autodiscover: \(topology.autodiscover)", "  strict_dns_auto_logon: \(topology.strictDnsAutoLogon)",
            "  xmpp_domains: [\(topology.xmppDomains.joined(separator: ", "))]",
            "  public_im: [\(publicIM.joined(separator: ", "))]",
        ]
        if let urls = topology.simpleUrls {
            lines.append("  simple_urls:")
            lines.append("    meet: [\(urls.meet.joined(separator: ", "))]")
            if let dialin = urls.dialin { lines.append("    dialin: \(dialin)") }
            if let admin = urls.admin { lines.append("    admin: \(admin)") }
        }
        if let officeWebApps = topology.officeWebAppsFqdn { lines.append("  office_web_apps: \(officeWebApps)") }
        return lines
    }

    private var poolLines: [String] {
        var lines = ["      pool:", "        type: \(type)"]
        func add(_ key: String, _ value: String?) { if let value { lines.append("        \(key): \(value)") } }
        add("fqdn", type == "reverse-proxy" ? nil : topology.poolFqdn)
        add("web_internal", topology.internalWebFqdnOverride)
        add("web_external", topology.webExternalFqdn)
        if type == "edge" {
            let edge = topology.edge
            add("access", "{ fqdn: \(edge?.accessFqdn ?? topology.poolFqdn ?? "") }")
            add("web_conferencing", edge.map { "{ fqdn: \($0.webConferencingFqdn) }" })
            add("av", edge.map { "{ fqdn: \($0.avFqdn) }" })
            add("load_balancing", edge?.loadBalancing?.lowercased())
        }
        // Exchange servers that stand in for each other.
        if type == "exchange-um", topology.poolMembers.count > 1 { add("load_balancing", "dns") }
        if type == "reverse-proxy" { return lines }
        lines.append("        hosts:")
        for (index, fqdn) in topology.poolMembers.enumerated() {
            lines.append("          - { name: h\(index), fqdn: \(fqdn) }")
        }
        lines.append("        orders:")
        for (index, certificate) in certificates.enumerated() { lines.append(order(certificate, index)) }
        return lines
    }

    private func order(_ certificate: NameFacts.Certificate, _ index: Int) -> String {
        let isGlobal = certificate.usages == ["OAuthTokenIssuer"]
        let sharing = isGlobal ? "global" : certificate.sameOnAllPoolMembers ? "pool" : "host"
        // The one short name among the cases is refused, see the test of its own.
        let names = certificate.sans.filter { $0.contains(".") }.joined(separator: ", ")
        return "          - { id: c\(index), usages: [\(certificate.usages.joined(separator: ", "))], authority: corp, "
            + "sharing: \(sharing)" + (adds ? ", names: { add: [\(names)] }" : "") + " }"
    }

    /// A reverse proxy publishes a Director's web services too.
    private var others: [String] {
        guard let director = topology.directorWebExternalFqdn else { return [] }
        return [
            "      director:", "        type: director", "        web_external: \(director)", "        hosts:",
            "          - { name: d0, fqdn: dir01.contoso.com }", "        orders:",
            "          - { id: d, usages: [Default], authority: corp }",
        ]
    }
}
