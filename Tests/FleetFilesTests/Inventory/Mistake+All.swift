extension Mistake {
    static let all: [Mistake] = topLevel + secrets + authorities + settings + pools + hosts + orders

    private static let topLevel = [
        Mistake("version: 1", "version: 2", "x"),
        Mistake("version: 1\n", "", "x"),
        Mistake("version: 1", "verion: 1", "x"),
        Mistake("[example.com]", "[]", "x"),
        Mistake("[example.com]", "example.com", "x"),
        Mistake("[example.com]", "[example.com, Example.com]", "x"),
        Mistake("[example.com]", "[exämple.com]", "x"),
        Mistake("secrets:\n", "organization: { country: fr, name: \(String(repeating: "x", count: 65)) }\nsecrets:\n", "x"),
        Mistake("secrets:\n", "topology: { simple_urls: { meet: meet.example.com, dialin: 'https://x' } }\nsecrets:\n", "x"),
        Mistake("secrets:\n", "topology: { autodiscover: yes, public_im: [icq] }\nsecrets:\n", "x"),
        Mistake("sites:\n", "groups: { all: [fe, ege], um01: [edge] }\nsites:\n", "x"),
        Mistake("sites:\n", "groups: { a/b: [fe01] }\nsites:\n", "x"),
        Mistake("    pools:\n", "    pool:\n", "x"),
    ]

    private static let secrets = [
        Mistake("{ from: prompt, text: Password }", "hunter2", "x"),
        Mistake("{ from: prompt, text: Password }", "{ from: prompt, text: P, value: hunter2 }", "x"),
        Mistake("{ from: prompt, text: Password }", "{ from: promt, text: P }", "x"),
        Mistake("{ from: prompt, text: Password }", "{ from: file }", "x"),
        Mistake("{ from: prompt, text: Password }", "{ from: command, argv: [] }", "x"),
        Mistake("{ from: prompt, text: Password }", "{ from: env, name: A=b }", "x"),
        Mistake("user: certfleet", "user: certfleet, password: hunter2", "x"),
        Mistake("user: certfleet", "user: certfleet, passphrase: admn", "x"),
    ]

    private static let authorities = [
        Mistake("kind: local", "kind: certsrv", "x"),
        Mistake("kind: local", "kind: locl", "x"),
        Mistake("kind: local, ", "", "x"),
        Mistake("certificate: ca.pem, ", "", "x"),
        Mistake("days: 730", "days: 5000", "x"),
        Mistake("days: 730", "days: two", "x"),
        Mistake("chain: [root.pem]", "chain: []", "x"),
        Mistake("ca.key", "~root/ca.key", "x"),
        Mistake("{ kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }",
            "{ kind: drop-folder, outbox: a, inbox: ./a, chain: r.pem, key: k }", "x"),
    ]

    private static let settings = [
        Mistake("user: certfleet, ", "", "x"),
        Mistake(", key: ~/.ssh/id", "", "x"),
        Mistake("user: certfleet", "user: certfleet, auth: [password]", "x"),
        Mistake("user: certfleet", "user: certfleet, auth: [agent, agent, pasword]", "x"),
        Mistake("user: certfleet", "user: certfleet, port: 70000", "x"),
        Mistake("user: certfleet", "user: certfleet, agent_key: SHA256:abc", "x"),
        Mistake("user: certfleet", "user: [certfleet]", "x"),
        Mistake("sites:\n", "  key: { bits: 1024, hash: md5, algorithm: ecdh }\nsites:\n", "x"),
        Mistake("sites:\n", "  renew: { lead: 60 }\nsites:\n", "x"),
        Mistake("sites:\n", "  rollout: { canary: -1, ready_for: 2d }\nsites:\n", "x"),
        Mistake("sites:\n", "  deadlines: { step: 0s }\nsites:\n", "x"),
        Mistake("sites:\n", "  version: 2012\nsites:\n", "x"),
    ]

    private static let pools = [
        Mistake("type: front-end", "type: frontend", "x"),
        Mistake("type: front-end", "type: director", "x"),
        Mistake("type: front-end\n", "version: 2010\n        type: front-end\n", "x"),
        Mistake("type: front-end\n", "version: 2016\n        type: front-end\n", "x"),
        Mistake("version: 2013", "version: 2019", "x"),
        Mistake("        version: 2013\n", "", "x"),
        Mistake("version: 2013", "version: 2010 # no call router", "x"),
        Mistake("      edge:\n", "      fe:\n", "x"),
        Mistake("fqdn: edge.example.com\n", "fqdn: pool.example.com\n", "x"),
        Mistake("        fqdn: edge.example.com\n", "", "x"),
        Mistake("        access: { fqdn: sip.example.com }\n", "", "x"),
        Mistake("access: { fqdn: sip.example.com }", "access: { port: 443 }", "x"),
        Mistake("type: edge", "type: edge\n        next_hop: ef\n        paired_with: um", "x"),
        Mistake("type: edge", "type: edge\n        next_hop: um", "x"),
        Mistake("type: exchange-um", "type: exchange-um\n        serves: [fee, fe]", "x"),
        Mistake("type: front-end", "type: front-end\n        paired_with: fe", "x"),
        Mistake("type: front-end", "type: front-end\n        load_balancing: f5", "x"),
        Mistake("type: front-end", "type: standard-edition", "x"),
        Mistake("        hosts:\n          - { name: um01, fqdn: um01.example.com }\n", "", "x"),
        Mistake("        orders:\n          - { id: um, usages: [UM], authority: corp }\n", "        orders: []\n", "x"),
    ]

    private static let hosts = [
        Mistake("name: fe02", "name: FE01", "x"),
        Mistake("name: fe02", "name: um", "x"),
        Mistake("name: fe02", "nam: fe02", "x"),
        Mistake("name: fe02", "name: fe/02", "x"),
        Mistake("fe02.example.com", "Fe01.example.com", "x"),
        Mistake("fe02.example.com", "fe02", "x"),
        Mistake("fe02.example.com", "'*.example.com'", "x"),
        Mistake("fe02.example.com", "fe02.example.com, address: 'fe80::1::2'", "x"),
        Mistake("fe02.example.com", "fe02.example.com, external: { access: 192.0.2.1 }", "x"),
        Mistake("edge01.example.com", "edge01.example.com, external: { access: 192.0.2 }", "x"),
        Mistake("fe02.example.com", "fe02.example.com, ports: [{ usage: Default, for: 0, port: 65536 }]", "x"),
        Mistake("fe02.example.com", "fe02.example.com, ports: [{ usage: UM, for: 443, port: 1 }]", "x"),
        Mistake("fe02.example.com",
            "fe02.example.com, ports: [{ usage: Default, for: 443, port: 1 }, { usage: Default, for: 443, port: 2 }]", "x"),
    ]

    private static let orders = [
        Mistake("usages: [Default]", "usages: [Internal]", "x"),
        Mistake("usages: [Default]", "usages: [Default, Default]", "x"),
        Mistake("usages: [Default]", "usages: []", "x"),
        Mistake("usages: [Default]", "usages: [OAuthTokenIssuer]", "x"),
        Mistake("usages: [Default]", "sharing: global, usages: [Default]", "x"),
        Mistake("usages: [Default]", "sharing: pool, usages: [Default]", "x"),
        Mistake("usages: [Default]", "copies_exportable: true, usages: [Default]", "x"),
        Mistake("- { id: fe, ", "- { id: fe, usages: [WebServicesInternal], authority: corp }\n          - { id: fe, ", "x"),
        Mistake("usages: [AccessEdgeExternal]", "usages: [XMPPServer]", "x"),
        Mistake("- { name: edge01, fqdn: edge01.example.com }\n        orders:\n          - { id: ext, usages: [AccessEdgeExternal]",
            "- { name: e1, fqdn: e1.example.com }\n          - { name: e2, fqdn: e2.example.com }\n        orders:\n"
                + "          - { id: ext, usages: [AudioVideoAuthentication]", "x"),
        Mistake("usages: [UM]", "usages: [UMCallRouterr]", "x"),
        Mistake("authority: corp }\n      edge", "authority: public }\n      edge", "x"),
        Mistake("usages: [Default]", "names: { add: [a_b.example.com, short, 'x.*.com', -a.example.com, 漢.example.com] }, usages: [Default]", "x"),
        Mistake("usages: [Default]", "names: { add: ['*.example.com', '*'], drop: [a..b] }, usages: [Default]", "x"),
        Mistake("usages: [Default]", "names: { add: [\(String(repeating: "a", count: 64)).example.com] }, usages: [Default]", "x"),
    ]
}
