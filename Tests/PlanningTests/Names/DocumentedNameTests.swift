import FleetFiles
import FleetModel
import Foundation
import Planning
import Testing

/// The names that the products' documentation demands, from the inventory's words to the order and back to a
/// certificate that is assigned already.
struct DocumentedNameTests {
    private let rule = DueRule(lead: .seconds(0), now: World.now)

    @Test func `all cases of the documentation are there`() {
        #expect(NameFacts.all.cases.count == 36)
        #expect(NameFacts.all.negativeCases.count == 11)
        #expect(NameFacts.all.samples.count == 1)
    }

    @Test(arguments: NameFacts.all.cases)
    func `each case of the documentation is what is ordered, or is at least left in place`(one: NameFacts.Case) throws {
        for version in one.versions {
            let orders = try NameInventory(
                topology: one.topology, version: version, certificates: one.certificates,
                adds: one.id.hasPrefix("request-")
            ).orders()
            for certificate in one.certificates {
                let order = try #require(orders.first { $0.usages == certificate.usages })
                #expect(order.names.allSatisfy { !$0.origin.isEmpty } && !order.subjectOrigin.isEmpty)
                if one.preferred == false {
                    try expectLeftInPlace(certificate, order)
                } else {
                    expectOrdered(certificate, order, inOrder: version == one.versions[0])
                }
            }
        }
    }

    /// - Parameter inOrder: Pages of different products print the same names in different order; a case has its
    ///   first product's.
    private func expectOrdered(_ certificate: NameFacts.Certificate, _ order: CertificateOrder, inOrder: Bool) {
        #expect(order.ekus.map(ExtendedKeyUsage.word) == certificate.eku)
        if let subject = certificate.subjectCN { #expect(order.subject.commonName == subject) }
        if let bits = certificate.minKeyBits { #expect(order.key.bits >= bits) }
        let names = order.names.map(\.name)
        if certificate.additional == true {
            // A short name among them is not imitated.
            #expect(Set(names).isSuperset(of: certificate.sans.filter { $0.contains(".") }))
            return
        }
        let asked = names.filter { certificate.sans.contains($0) || !certificate.optionalSans.contains($0) }
        if inOrder, certificate.sanOrder != "any" {
            #expect(asked == certificate.sans)
        } else {
            #expect(asked.sorted() == certificate.sans.sorted())
        }
    }

    private func expectLeftInPlace(_ certificate: NameFacts.Certificate, _ order: CertificateOrder) throws {
        let subject = try #require(certificate.subjectCN)
        #expect(objections(to: stored(subject, certificate.sans), order) == [])
        #expect(
            order.subject.commonName != subject || Set(order.names.map(\.name)) != Set(certificate.sans),
            "a reading that is not preferred was ordered")
    }

    @Test func `a page's wildcard form serves where its stars cover the names, and nowhere else`() throws {
        for one in NameFacts.all.cases {
            for certificate in one.certificates where certificate.additional != true {
                guard let wildcards = certificate.wildcardSans, let subject = certificate.subjectCN else { continue }
                let order = try #require(
                    try NameInventory(topology: one.topology, version: one.versions[0], certificates: [certificate])
                        .orders().first)
                let whole = stored(subject, wildcards + ["*.fabrikam.com"])
                #expect(objections(to: whole, order) == [], "\(one.id)")
                if one.topology.simpleUrls != nil {
                    #expect(
                        objections(to: stored(subject, wildcards), order) == ["names missing: meet.fabrikam.com"],
                        "\(one.id)")
                }
            }
        }
    }

    @Test func `an assigned certificate serves whatever the order and case of its names`() throws {
        let sample = try #require(NameFacts.all.samples.first)
        let topology = NameFacts.Topology(
            role: "StandardEdition", poolFqdn: "lync-se.fabrikam.com", poolMembers: ["lync-se.fabrikam.com"],
            serverFqdn: "lync-se.fabrikam.com", sipDomains: ["fabrikam.com"], webExternalFqdn: "lync.fabrikam.com",
            simpleUrls: .init(
                meet: ["https://meet.fabrikam.com"], dialin: "https://dialin.fabrikam.com",
                admin: "https://admin.fabrikam.com"),
            strictDnsAutoLogon: true, autodiscover: false, xmppDomains: [])
        let certificate = NameFacts.Certificate(
            usages: ["Default", "WebServicesInternal", "WebServicesExternal"], sans: [], optionalSans: [], eku: [],
            exportableKey: false, sameOnAllPoolMembers: false)
        let order = try #require(
            try NameInventory(topology: topology, version: "2013", certificates: [certificate]).orders().first)
        #expect(objections(to: stored(sample.subjectCN, sample.sans), order) == [])
        #expect(Set(order.names.map { $0.name.lowercased() }) == Set(sample.sans.map { $0.lowercased() }))
    }

    // MARK: Refused

    @Test(arguments: NameFacts.all.negativeCases)
    func `each negative case is refused with its reason`(one: NameFacts.Negative) throws {
        let order = try #require(try topology(for: one).orders().first)
        var certificate = stored(one.subjectCN, one.sans)
        if one.id == "um-self-signed" { certificate.selfIssued = true }
        if one.id == "oauth-1024" { certificate.keySize = 1024 }
        let said = rule.reasons(certificate, for: order).map(\.text).joined(separator: "; ")
        let reason = try #require(Self.reasons[one.id], "a new negative case")
        #expect(said.contains(reason.assigned))
        guard let asked = reason.asked else { return }
        var text = try topology(for: one).text
        if let old = asked.old { text = text.replacing(old, with: asked.new) }
        do throws(Diagnostics) {
            _ = try InventoryFile.parse(text: text, file: "fleet.yml", folder: "/project")
            Issue.record("the inventory was accepted")
        } catch {
            #expect(error.description.contains(asked.said))
            #expect(error.description.hasPrefix("fleet.yml:"))
        }
    }

    private struct Reason {
        /// What is said of such a certificate when it is assigned.
        var assigned: String
        /// How an inventory would ask for it, and what the parser says.
        var asked: (old: String?, new: String, said: String)?
    }

    private static let reasons: [String: Reason] = [
        "wildcard-subject": Reason(
            assigned: "a wildcard is never allowed there",
            asked: ("fqdn: eepool.contoso.com", "fqdn: \"*.contoso.com\"", "a wildcard is not allowed here")),
        "wildcard-edge-external": Reason(
            assigned: "webcon.contoso.com (*.contoso.com does not count here)",
            asked: (
                "sharing: host", "sharing: host, names: { add: [\"*.contoso.com\"] }",
                "no wildcard on an Edge's external interface"
            )),
        "wildcard-mediation": Reason(
            assigned: "names missing: medsvr-pool.contoso.net (*.contoso.net does not count here), med01.contoso.net",
            asked: (
                "sharing: host", "sharing: host, names: { add: [\"*.contoso.net\"] }",
                "no wildcard on a Mediation Server"
            )),
        "wildcard-two-labels": Reason(
            assigned: "meet.emea.contoso.com (*.contoso.com stands for exactly one label)",
            asked: (
                "sharing: host", "sharing: host, names: { add: [\"*.contoso.com\"], drop: [meet.emea.contoso.com] }",
                "a star stands for exactly one label"
            )),
        "fe-missing-server": Reason(assigned: "names missing: ee01.contoso.com"),
        "fe-server-subject": Reason(assigned: "subject is ee01.contoso.com, must be eepool.contoso.com (pool FQDN)"),
        "edge-internal-short-name": Reason(
            assigned: "subject is lsedge, must be lsedge.contoso.net",
            asked: ("fqdn: lsedge.contoso.net", "fqdn: lsedge", "it is a short name, without a domain")),
        "underscore": Reason(
            assigned: "subject is ee_01.contoso.com",
            asked: ("ee01.contoso.com", "ee_01.contoso.com", "only letters, digits and hyphens are allowed")),
        "um-wildcard-subject": Reason(
            assigned: "a wildcard is never allowed there",
            asked: ("fqdn: um01.litwareinc.com", "fqdn: \"*.litwareinc.com\"", "a wildcard is not allowed here")),
        "um-self-signed": Reason(assigned: "self-signed: nobody trusts it"),
        "oauth-1024": Reason(
            assigned: "key of 1024 bits, 2048 wanted",
            asked: ("sharing: global", "sharing: global, key: { bits: 1024 }", "`bits` cannot be `1024`")),
    ]

    /// The smallest topology in which the negative case's certificate would be assigned.
    private func topology(for one: NameFacts.Negative) throws -> NameInventory {
        let role = one.role == "Global" ? "FrontEnd" : one.role
        let (pool, host): (String?, String) =
            switch role {
            case "Edge": ("lsedge.contoso.net", "lsedge01.contoso.net")
            case "Mediation": ("medsvr-pool.contoso.net", "med01.contoso.net")
            case "ExchangeUM": (nil, one.id == "um-self-signed" ? one.subjectCN : "um01.litwareinc.com")
            default: ("eepool.contoso.com", "ee01.contoso.com")
            }
        let certificate = NameFacts.Certificate(
            usages: one.usages, sans: [], optionalSans: [], eku: ["serverAuth"], exportableKey: false,
            sameOnAllPoolMembers: false)
        return NameInventory(
            topology: NameFacts.Topology(
                role: role, poolFqdn: pool, poolMembers: [host], serverFqdn: host, sipDomains: ["contoso.com"],
                simpleUrls: .init(meet: ["https://meet.emea.contoso.com"]), strictDnsAutoLogon: false,
                autodiscover: false, xmppDomains: [],
                edge: role == "Edge"
                    ? .init(
                        accessFqdn: "sip.contoso.com", webConferencingFqdn: "webcon.contoso.com",
                        avFqdn: "av.contoso.com", internalFqdn: "lsedge.contoso.net") : nil), version: "2013",
            certificates: [certificate])
    }

    // MARK: Certificates

    private func stored(_ subject: String, _ names: [String]) -> StoreCertificate {
        StoreCertificate(
            thumbprint: "AA", subject: "O=\"Example, Corp\", CN=\(subject)", issuer: "CN=Example Issuing",
            serialNumber: "01", notBefore: World.now.addingTimeInterval(-86_400),
            notAfter: World.now.addingTimeInterval(700 * 86_400), dnsNames: names,
            ekus: [ExtendedKeyUsage.serverAuthentication], keySize: 2048, hasPrivateKey: true)
    }

    private func objections(to certificate: StoreCertificate, _ order: CertificateOrder) -> [String] {
        rule.reasons(certificate, for: order).map(\.text)
    }
}
