import FleetModel
import Testing

/// Names that the products' documentation demands, with example names; `order` is not binding.
struct NameCase: Sendable, CustomTestStringConvertible {
    var id: String
    var type: PoolType
    var pool = "eepool.example.com"
    var server = "ee01.example.com"
    var usages: [String]
    var strict = false
    var autodiscover = false
    var webInternal: String?
    var webExternal: String? = "webcon01.example.com"
    var meet = ["meet.example.com", "meet.example.net"]
    var dialin: String? = "dialin.example.com"
    var admin: String? = "admin.example.com"
    var sipDomains = ["example.com", "example.net"]
    var publicIM: [String] = []
    var subject: String?
    var names: [String]

    var testDescription: String { id }

    static let access = EdgeService(fqdn: "sip.example.com", port: 443)
    static let conferencing = EdgeService(fqdn: "webcon.example.com", port: 443)
    private static let external = ["AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"]
    private static let all = ["Default", "WebServicesInternal", "WebServicesExternal"]
    private static let urls = ["meet.example.com", "meet.example.net", "dialin.example.com", "admin.example.com"]

    static let standardEdition: [NameCase] = [
        one("se-default", ["Default"], names: []),
        one("se-default-strict", ["Default"], strict: true, names: ["sip.example.com", "sip.example.net"]),
        one("se-web-internal", ["WebServicesInternal"], names: urls),
        one(
            "se-single-default", all, strict: true,
            names: ["webcon01.example.com"] + urls + ["sip.example.com", "sip.example.net"]),
    ]

    private static func one(_ id: String, _ usages: [String], strict: Bool = false, names: [String]) -> NameCase {
        NameCase(
            id: id, type: .standardEdition, pool: "se01.example.com", server: "se01.example.com", usages: usages,
            strict: strict, subject: "se01.example.com", names: ["se01.example.com"] + names)
    }

    static let frontEnd: [NameCase] = [
        NameCase(
            id: "fe-default", type: .frontEnd, usages: ["Default"], subject: "eepool.example.com",
            names: ["eepool.example.com", "ee01.example.com"]),
        NameCase(
            id: "fe-web-internal-rule", type: .frontEnd, usages: ["WebServicesInternal"],
            webInternal: "webint01.example.com", subject: "eepool.example.com",
            names: ["webint01.example.com", "ee01.example.com", "eepool.example.com"] + urls),
        NameCase(
            id: "fe-single-default", type: .frontEnd, usages: all, strict: true, autodiscover: true,
            webInternal: "webint01.example.com", subject: "eepool.example.com",
            names: [
                "eepool.example.com", "ee01.example.com", "webint01.example.com", "webcon01.example.com",
            ] + urls + [
                "sip.example.com", "sip.example.net", "lyncdiscoverinternal.example.com",
                "lyncdiscoverinternal.example.net", "lyncdiscover.example.com", "lyncdiscover.example.net",
            ]),
        NameCase(
            id: "simple-url-option-2", type: .frontEnd, usages: ["WebServicesInternal"],
            meet: ["lync.example.com", "lync.example.net"], dialin: "lync.example.com", admin: "lync.example.com",
            subject: "eepool.example.com",
            names: ["ee01.example.com", "eepool.example.com", "lync.example.com", "lync.example.net"]),
    ]

    static let edge: [NameCase] = [
        edge(
            "edge-pool-dnslb-public", external, subject: "sip.example.com",
            [
                "webcon.example.com", "sip.example.com", "sip.example.net",
            ]),
        edge("edge-pool-dnslb-public, inside", ["Internal"], subject: "lsedge.example.org", ["lsedge.example.org"]),
        edge(
            "edge-single-sip-domain", external, sip: ["example.com"], subject: "sip.example.com",
            [
                "webcon.example.com", "sip.example.com",
            ]),
        edge("edge-separate-conferencing", ["DataEdgeExternal"], subject: "webcon.example.com", ["webcon.example.com"]),
    ]

    private static func edge(
        _ id: String, _ usages: [String], sip: [String] = ["example.com", "example.net"], subject: String,
        _ names: [String]
    ) -> NameCase {
        NameCase(
            id: id, type: .edge, pool: "lsedge.example.org", server: "lsedge01.example.org", usages: usages,
            sipDomains: sip, subject: subject, names: names)
    }

    static let exchange: [NameCase] = [
        NameCase(
            id: "exchange-um-2010", type: .exchangeUM, server: "um01.example.com", usages: ["UM"],
            subject: "um01.example.com", names: ["um01.example.com"]),
        NameCase(
            id: "exchange-um-2013-per-server", type: .exchangeUM, server: "um01.example.com",
            usages: ["UM", "UMCallRouter"], subject: "um01.example.com", names: ["um01.example.com"]),
    ]
}
