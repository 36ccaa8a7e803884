extension Mistake {
    static let pools = [
        Mistake(
            "type: front-end", "type: frontend",
            "13:15: `type` cannot be `frontend`\n  hint: did you mean `front-end`?"),
        Mistake(
            "type: front-end\n", "version: 2010\n        type: front-end\n",
            "13:18: Lync Server 2010 is not supported\n  hint: one of 2013, 2015, 2019, se"),
        Mistake(
            "type: front-end\n", "version: 2016\n        type: front-end\n",
            "13:18: there is no `front-end` of version 2016\n  hint: one of 2013, 2015, 2019, se"),
        Mistake(
            "version: 2013", "version: 2019",
            "30:18: Unified Messaging was removed with Exchange 2019\n  hint: one of 2007sp1, 2010, "
                + "2013, 2016"),
        Mistake(
            "        version: 2013\n", "",
            "28:7: `version` is missing in `um`\n  hint: one of 2007sp1, 2010, 2013, 2016"),
        Mistake(
            "version: 2013\n        hosts:\n          - { name: um01, fqdn: um01.example.com }\n       "
                + " orders:\n"
                + "          - { id: um, usages: [UM]",
            "version: 2010\n        hosts:\n          - { name: um01, fqdn: um01.example.com }\n       "
                + " orders:\n"
                + "          - { id: um, usages: [UMCallRouter]",
            "34:32: `UMCallRouter` is no usage of `exchange-um` pools of version 2010\n  hint: known "
                + "here: UM, IIS, SMTP, POP, IMAP"),
        Mistake(
            "        version: 2013\n", "        versoin: 2013\n",
            "30:9: unknown key `versoin` in `um`\n  hint: did you mean `version`?"),
        Mistake(
            "fqdn: pool.example.com", "fqnd: pool.example.com",
            "14:9: unknown key `fqnd` in `fe`\n  hint: did you mean `fqdn`?"),
        Mistake(
            "usages: [AccessEdgeExternal]", "sharing: poool, usages: [AccessEdgeExternal]",
            "27:33: `sharing` cannot be `poool`\n  hint: did you mean `pool`?"),
        Mistake(
            "      edge:\n", "      fe:\n",
            "20:7: duplicate key `fe`: it already stands in line 12"),
        Mistake(
            "fqdn: edge.example.com\n", "fqdn: pool.example.com\n",
            "22:15: duplicate FQDN `pool.example.com`: it already stands in line 14"),
        Mistake(
            "        fqdn: edge.example.com\n", "",
            "20:7: `fqdn` is missing in `edge`"),
        Mistake(
            "        access: { fqdn: sip.example.com }\n", "",
            "20:7: `access` is missing in `edge`"),
        Mistake(
            "access: { fqdn: sip.example.com }", "access: { port: 443 }",
            "23:17: `fqdn` is missing in `access`"),
        Mistake(
            "type: edge", "type: edge\n        next_hop: ef\n        paired_with: um",
            "22:19: unknown pool `ef` in `next_hop`\n  hint: did you mean `fe`?",
            "23:22: `paired_with` means nothing for `edge` pools"),
        Mistake(
            "type: edge", "type: edge\n        next_hop: um",
            "22:19: `next_hop` must be a Front End pool: `um` is of type `exchange-um`"),
        Mistake(
            "type: exchange-um", "type: exchange-um\n        serves: [fee, fe]",
            "30:18: unknown pool `fee` in `serves`\n  hint: did you mean `fe`?"),
        Mistake(
            "type: front-end", "type: front-end\n        paired_with: fe",
            "14:22: a pool cannot be paired with itself"),
        Mistake(
            "type: front-end", "type: front-end\n        load_balancing: f5",
            "14:25: `load_balancing` cannot be `f5`\n  hint: known here: dns, hardware, none"),
        Mistake(
            "type: front-end", "type: standard-edition",
            "16:11: a Standard Edition server is a pool of one host"),
        Mistake(
            "        hosts:\n          - { name: um01, fqdn: um01.example.com }\n", "",
            "28:7: `hosts` is missing in `um`"),
        Mistake(
            "        orders:\n          - { id: um, usages: [UM], authority: corp }\n", "        orders: []\n",
            "33:17: `orders` is empty in `um`"),
    ]

    static let hosts = [
        Mistake(
            "name: fe02", "name: FE01",
            "17:21: duplicate host name `FE01`: it already stands in line 16"),
        Mistake(
            "name: fe02", "name: um",
            "17:21: `um` is the name of a pool already"),
        Mistake(
            "name: fe02", "nam: fe02",
            "17:15: unknown key `nam` in `hosts`\n  hint: did you mean `name`?"),
        Mistake(
            "name: fe02", "name: fe/02",
            "17:21: `fe/02` cannot be the name of a host\n  hint: up to 63 letters, digits, hyphens, "
                + "underscores and dots, a letter or digit first"),
        Mistake(
            "fe02.example.com", "Fe01.example.com",
            "17:33: duplicate FQDN `Fe01.example.com`: it already stands in line 16"),
        Mistake(
            "fe02.example.com", "fe02",
            "17:33: `fqdn` cannot be `fe02`: it is a short name, without a domain"),
        Mistake(
            "fe02.example.com", "'*.example.com'",
            "17:33: `fqdn` cannot be `*.example.com`: a wildcard is not allowed here"),
        Mistake(
            "fe02.example.com", "fe02.example.com, address: 'fe80::1::2'",
            "17:60: `address` cannot be `fe80::1::2`: it is no IP address"),
        Mistake(
            "fe02.example.com",
            "fe02.example.com, address: 192.0.2.7 }\n          - { name: fe03, fqdn: fe03.example.com, address: 192.0.2.7",
            "18:60: duplicate address `192.0.2.7`, port 22: it already stands in line 17"),
        Mistake(
            "fe02.example.com",
            "fe02.example.com, address: 192.0.2.7 }\n          - { name: fe03, fqdn: fe03.example.com, address: 192.0.2.7, ssh: { port: 2222 }"
        ),
        Mistake(
            "fe02.example.com", "fe02.example.com, external: { access: 192.0.2.1 }",
            "17:61: `external` means nothing for `front-end` pools"),
        Mistake(
            "edge01.example.com", "edge01.example.com, external: { access: 192.0.2 }",
            "25:75: `access` cannot be `192.0.2`: it is no IP address"),
        Mistake(
            "fe02.example.com", "fe02.example.com, ports: [{ usage: Default, for: 0, port: 65536 }]",
            "17:82: `for` must be between 1 and 65535, not 0",
            "17:91: `port` must be between 1 and 65535, not 65536"),
        Mistake(
            "fe02.example.com", "fe02.example.com, ports: [{ usage: UM, for: 443, port: 1 }]",
            "17:68: `UM` is no usage of `front-end` pools"),
        Mistake(
            "fe02.example.com",
            "fe02.example.com, ports: [{ usage: Default, for: 443, port: 1 }, { usage: Default, for: 443, port: 2 }]",
            "17:98: `ports` already says where `Default` for `443` is"),
    ]

    static let orders = [
        Mistake(
            "usages: [Default]", "usages: [Internal]",
            "19:32: `Internal` is no usage of `front-end` pools\n  hint: known here: Default, "
                + "WebServicesInternal, WebServicesExternal, OAuthTokenIssuer"),
        Mistake(
            "usages: [Default]", "usages: [Default, Default]",
            "19:41: duplicate usage `Default`: it already stands in line 19"),
        Mistake(
            "usages: [Default]", "usages: []",
            "19:31: `usages` is empty in `fe`"),
        Mistake(
            "usages: [Default]", "usages: [Default, OAuthTokenIssuer]",
            "19:41: `OAuthTokenIssuer` is one certificate for the whole deployment, the others are not\n  hint: give "
                + "it an order of its own with `sharing: global`"),
        Mistake(
            "usages: [Default]", "sharing: host, usages: [OAuthTokenIssuer]",
            "19:32: `OAuthTokenIssuer` is one certificate for the whole deployment\n  hint: write `sharing: global`"),
        Mistake(
            "usages: [Default]", "sharing: global, usages: [Default]",
            "19:32: `sharing: global` is for `OAuthTokenIssuer` only\n  hint: write `sharing: host` or `sharing: pool`"),
        Mistake(
            "usages: [Default], authority: corp }\n",
            "usages: [Default], authority: corp }\n          - { id: o1, usages: [OAuthTokenIssuer], authority: corp }\n"
                + "          - { id: o2, usages: [OAuthTokenIssuer], authority: corp }\n",
            "21:32: duplicate usage `OAuthTokenIssuer`: it already stands in line 20"),
        Mistake(
            "usages: [Default]", "names: { add: ['*.example.com'] }, usages: [Default]",
            "19:38: `add` cannot be `*.example.com`: a wildcard is allowed on the web services' certificates only"),
        Mistake(
            "usages: [AccessEdgeExternal]", "names: { add: ['*.example.com'] }, usages: [AccessEdgeExternal]",
            "27:39: `add` cannot be `*.example.com`: no wildcard on an Edge's external interface: Web Conferencing and "
                + "SIP names must be spelt out"),
        Mistake(
            "type: front-end", "type: mediation\n        x: 1\n#",
            "14:9: unknown key `x` in `fe`"),
        Mistake(
            "usages: [Default]",
            "names: { add: ['*.example.com'], drop: [meet.example.com, meet.emea.example.com] }, usages: "
                + "[WebServicesExternal]",
            "19:81: `*.example.com` does not cover `meet.emea.example.com`: a star stands for exactly one label\n"
                + "  hint: keep the name, or add `*.emea.example.com`"),
        Mistake(
            "usages: [Default]", "sharing: pool, usages: [Default]",
            "19:32: members of `front-end` pools cannot share a key in this version\n  hint: write "
                + "`sharing: host`, or leave it out"),
        Mistake(
            "usages: [Default]", "copies_exportable: true, usages: [Default]",
            "19:42: `copies_exportable` needs `sharing: pool`: there are no copies otherwise"),
        Mistake(
            "- { id: fe, ", "- { id: fe, usages: [WebServicesInternal], authority: corp }\n          - { id: fe, ",
            "20:19: duplicate order `fe`: it already stands in line 19"),
        Mistake(
            "usages: [AccessEdgeExternal]", "usages: [XMPPServer]",
            "27:33: `XMPPServer` is no usage of `edge` pools of version 2019\n  hint: known here: "
                + "Internal, AccessEdgeExternal, DataEdgeExternal, AudioVideoAuthentication"),
        Mistake(
            "- { name: edge01, fqdn: edge01.example.com }\n        orders:\n          - { id: ext, usages: [AccessEdgeExternal]",
            "- { name: e1, fqdn: e1.example.com }\n          - { name: e2, fqdn: e2.example.com }\n    "
                + "    orders:\n"
                + "          - { id: ext, usages: [AudioVideoAuthentication]",
            "28:33: members of an Edge pool must hold the same `AudioVideoAuthentication` key\n  hint: "
                + "write `sharing: pool`: a token signed by one member fails on the others otherwise"),
        Mistake(
            "usages: [UM]", "usages: [UMCallRouterr]",
            "34:32: `UMCallRouterr` is no usage of `exchange-um` pools\n  hint: did you mean `UMCallRouter`?"),
        Mistake(
            "authority: corp }\n      edge", "authority: public }\n      edge",
            "19:53: unknown authority `public`\n  hint: known here: corp"),
        Mistake(
            "usages: [Default]",
            "names: { add: [a_b.example.com, short, 'x.*.com', -a.example.com, 漢.example.com] }, usages: [Default]",
            "19:38: `add` cannot be `a_b.example.com`: it has an underscore: only letters, digits and hyphens are allowed",
            "19:55: `add` cannot be `short`: it is a short name, without a domain",
            "19:62: `add` cannot be `x.*.com`: `*` can only be the whole first part",
            "19:73: `add` cannot be `-a.example.com`: a part of it begins or ends with a hyphen",
            "19:89: `add` cannot be `漢.example.com`: only letters, digits and hyphens are allowed"),
        Mistake(
            "usages: [Default]", "names: { sip_domains: [other.example.org] }, usages: [Default]",
            "19:46: `other.example.org` is not among the inventory's `sip_domains`\n  hint: known here: example.com"),
        Mistake(
            "usages: [Default]",
            "names: { add: ['*.example.com', '*'], drop: [a..b] }, usages: [WebServicesInternal]",
            "19:55: `add` cannot be `*`: it is a short name, without a domain",
            "19:68: `drop` cannot be `a..b`: there is nothing between two dots, or at an end"),
        Mistake(
            "usages: [Default]",
            "names: { add: [\(String(repeating: "a", count: 64)).example.com] }, usages: [Default]",
            "19:38: `add` cannot be `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…`: a "
                + "part of it is longer than 63 characters"),
    ]
}
