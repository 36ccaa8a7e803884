import FleetModel

/// Which names a certificate must bear, by role and usage.
///
/// Source: the vendor's pages "Certificate requirements for internal servers", "Environmental requirements",
/// "Certificate summary" of each scenario, "Plan for Edge Server certificates" and "Deploying certificates for Unified
/// Messaging". Where they differ, the reading that is followed is said in the origin, and what an assigned certificate
/// may have instead in ``OrderedName/instead``.
struct NameRules {
    let inventory: Inventory
    let pool: Pool
    /// The server that the certificate is for; of a shared one the first. A reverse proxy may have none.
    let host: Host?
    let sharing: Sharing
    /// As in ``OrderDefinition/sipDomains``.
    var chosenDomains: [String]?

    var topology: Topology { inventory.topology }
    /// Those whose `sip.` names are asked for, where the role has such names.
    var sipDomains: [String] { chosenDomains ?? inventory.sipDomains }
    var hostFQDN: String { host?.fqdn ?? pool.fqdn ?? "" }
    var poolFQDN: String { pool.fqdn ?? hostFQDN }

    /// The names of one certificate for these usages, before `names.add` and `names.drop`.
    func names(for usages: [String]) -> CertificateNames {
        switch pool.type {
        case .frontEnd, .standardEdition, .director: registrar(usages)
        case .mediation: mediation()
        case .sba: branchAppliance()
        case .edge: edge(usages)
        case .exchangeUM, .callRouter: exchange()
        case .reverseProxy: reverseProxy()
        }
    }

    /// Adds `sip.<domain>` for every SIP domain.
    func addSIP(to list: inout NameList, why: String) {
        for domain in sipDomains {
            list.add(
                "sip.\(domain)", origin: "SIP domain \(domain): \(chosenDomains == nil ? why : "names.sip_domains")")
        }
    }

    /// `*.example.com` for `meet.example.com`: a star stands for exactly one label.
    static func wildcard(over name: String) -> String? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return "*" + name[dot...]
    }
}

/// Subject and alternative names of one certificate, with the reasons.
struct CertificateNames {
    var subject: String
    var origin: String
    /// As in ``CertificateOrder/subjectIsBinding``.
    var isBinding: Bool
    var list = NameList()
    /// What some page of the vendor has and we leave out.
    var dropped: [DroppedName] = []

    init(subject: String, origin: String, isBinding: Bool) {
        self.subject = subject
        self.origin = origin
        self.isBinding = isBinding
    }

    mutating func leaveOut(_ name: String?, why: String) {
        guard let name, !list.contains(name), !dropped.contains(where: { $0.name.lowercased() == name.lowercased() })
        else { return }
        dropped.append(DroppedName(name, why: why))
    }
}
