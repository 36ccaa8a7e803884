import Testing

/// A fleet, and the command that is killed while it changes it.
struct CrashCase: Sendable, CustomTestStringConvertible {
    var name: String
    var inventory: String
    var command: [String]
    /// Says whether anything is left to do; the same orders as the command's.
    var again: [String]
    var hosts: [String]
    var orders: [Order]
    /// Folders of the lab that are emptied before the first picture is taken: certificates that the run must bring.
    var removedAtFirst: [String] = []
    /// Each of so many boundaries is walked, see ``Extent``.
    var full = 1
    var usual = 3
    /// How many labs work side by side.
    var lanes: Int

    struct Order: Sendable {
        var usages: [String]
        /// One key for all hosts, or each its own.
        var shared: Bool
    }

    var testDescription: String { name }

    /// How many certificates the authorities may issue, however often the coordinator dies.
    var certificates: Int { orders.reduce(0) { $0 + ($1.shared ? 1 : hosts.count) } }

    static let frontEnds = CrashCase(
        name: "rollout of two Front Ends",
        inventory: head + """
                  fe-lyon:
                    type: front-end
                    fqdn: fepool1.corp.example.com
                    web_internal: webint1.corp.example.com
                    web_external: web1.example.com
                    hosts:
                      - { name: fe01, fqdn: fe01.corp.example.com }
                      - { name: fe02, fqdn: fe02.corp.example.com }
                    orders:
                      - { id: fe, usages: [Default, WebServicesInternal, WebServicesExternal], authority: corp }

            """,
        command: ["rollout", "fe-lyon", "--yes"], again: ["rollout", "fe-lyon", "--yes"], hosts: ["fe01", "fe02"],
        orders: [Order(usages: ["Default", "WebServicesInternal", "WebServicesExternal"], shared: false)],
        removedAtFirst: ["hosts/fe01/CA", "hosts/fe01/Root"], lanes: 3)

    static let edgeKey = CrashCase(
        name: "push of the key of three Edges",
        inventory: head + """
                  edge-lyon:
                    type: edge
                    fqdn: edgepool.dmz.example.com
                    access: { fqdn: sip.example.com, port: 443 }
                    web_conferencing: { fqdn: webconf.example.com, port: 443 }
                    av: { fqdn: av.example.com, port: 443 }
                    hosts:
                      - { name: edge01, fqdn: edge01.dmz.example.com }
                      - { name: edge02, fqdn: edge02.dmz.example.com }
                      - { name: edge03, fqdn: edge03.dmz.example.com }
                    orders:
                      - { id: edge-av, usages: [AudioVideoAuthentication], authority: corp, sharing: pool }

            """,
        command: ["push", "edge-lyon/edge-av", "--yes"], again: ["push", "edge-lyon/edge-av", "--yes"],
        hosts: ["edge01", "edge02", "edge03"], orders: [Order(usages: ["AudioVideoAuthentication"], shared: true)],
        lanes: 3)

    static let exchange = CrashCase(
        name: "renewal of an Exchange server",
        inventory: head + """
                  um2013:
                    type: exchange-um
                    version: "2013"
                    hosts:
                      - { name: um13a, fqdn: um13a.corp.example.com }
                    orders:
                      - { id: um, usages: [UM, UMCallRouter], authority: corp }

            """,
        command: ["renew", "--yes"], again: ["renew", "--yes"], hosts: ["um13a"],
        orders: [Order(usages: ["UM", "UMCallRouter"], shared: false)], lanes: 2)

    /// Three orders of one pool: the key of its own pass first, then two that share their restarts.
    static let wholeEdge = CrashCase(
        name: "rollout of all orders of two Edges",
        inventory: head + """
                  edge-lyon:
                    type: edge
                    fqdn: edgepool.dmz.example.com
                    access: { fqdn: sip.example.com, port: 443 }
                    web_conferencing: { fqdn: webconf.example.com, port: 443 }
                    av: { fqdn: av.example.com, port: 443 }
                    hosts:
                      - { name: edge01, fqdn: edge01.dmz.example.com }
                      - { name: edge02, fqdn: edge02.dmz.example.com }
                    orders:
                      - { id: edge-internal, usages: [Internal], authority: corp, sharing: host }
                      - { id: edge-external, usages: [AccessEdgeExternal, DataEdgeExternal], authority: corp, sharing: pool }
                      - { id: edge-av, usages: [AudioVideoAuthentication], authority: corp, sharing: pool }

            """,
        command: ["rollout", "edge-lyon", "--yes"], again: ["rollout", "edge-lyon", "--yes"],
        hosts: ["edge01", "edge02"],
        orders: [
            Order(usages: ["Internal"], shared: false),
            Order(usages: ["AccessEdgeExternal", "DataEdgeExternal"], shared: true),
            Order(usages: ["AudioVideoAuthentication"], shared: true),
        ], full: 3, usual: 15, lanes: 3)

    /// Its certificate comes from people, by folders: the run rests until they have answered.
    static let dropFolder = CrashCase(
        name: "rollout of two Edges with a drop folder",
        inventory: head + """
                  edge-lyon:
                    type: edge
                    fqdn: edgepool.dmz.example.com
                    access: { fqdn: sip.example.com, port: 443 }
                    web_conferencing: { fqdn: webconf.example.com, port: 443 }
                    av: { fqdn: av.example.com, port: 443 }
                    hosts:
                      - { name: edge01, fqdn: edge01.dmz.example.com }
                      - { name: edge02, fqdn: edge02.dmz.example.com }
                    orders:
                      - { id: edge-external, usages: [AccessEdgeExternal, DataEdgeExternal], authority: public, sharing: pool }

            """,
        command: ["rollout", "edge-lyon", "--yes"], again: ["rollout", "edge-lyon", "--yes"],
        hosts: ["edge01", "edge02"], orders: [Order(usages: ["AccessEdgeExternal", "DataEdgeExternal"], shared: true)],
        lanes: 2)

    private static let head = """
        version: 1
        sip_domains: [example.com]
        topology:
          simple_urls:
            meet: [https://meet.example.com]
            dialin: https://dialin.example.com
        authorities:
          corp: { kind: local, certificate: pki/corp.pem, key: pki/corp.key, chain: [pki/root.pem], days: 730 }
          public: { kind: drop-folder, outbox: requests, inbox: answers, chain: [pki/root.pem, pki/public.pem] }
        defaults:
          version: "2019"
          ssh: { user: certfleet, auth: [key], key: keys/ours, known_hosts: known_hosts }
        sites:
          lyon:
            pools:

        """
}
