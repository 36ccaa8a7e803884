import FleetModel

/// A server with the names that its topology has; what each role's certificate must bear is in `Fixtures/sans.json`.
struct NameCase: Sendable {
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

    static let access = EdgeService(fqdn: "sip.example.com", port: 443)
    static let conferencing = EdgeService(fqdn: "webcon.example.com", port: 443)

    static let standardEdition = NameCase(
        type: .standardEdition, pool: "se01.example.com", server: "se01.example.com", usages: ["WebServicesInternal"])
    static let frontEnd = NameCase(
        type: .frontEnd, usages: ["Default", "WebServicesInternal", "WebServicesExternal"], strict: true,
        autodiscover: true, webInternal: "webint01.example.com")
    static let edge = NameCase(
        type: .edge, pool: "lsedge.example.org", server: "lsedge01.example.org",
        usages: ["AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication"])
}
