extension Mistake {
    static let all: [Mistake] = topLevel + secrets + authorities + settings + pools + hosts + orders

    private static let topLevel = [
        Mistake(
            "version: 1", "version: 2",
            "1:10: `version` must be 1, not `2`"),
        Mistake(
            "version: 1\n", "",
            "1:1: `version` is missing in `inventory`"),
        Mistake(
            "version: 1", "verion: 1",
            "1:1: unknown key `verion` in `inventory`\n  hint: did you mean `version`?"),
        Mistake(
            "[example.com]", "[]",
            "2:14: `sip_domains` is empty\n  hint: name at least the primary SIP domain"),
        Mistake(
            "[example.com]", "example.com",
            "2:14: `sip_domains` must be a list, not a text\n  hint: in brackets, [one, two], or each item in a line of its own behind `- `"
        ),
        Mistake(
            "[example.com]", "[example.com, Example.com]",
            "2:28: duplicate SIP domain `Example.com`: it already stands in line 2"),
        Mistake(
            "[example.com]", "[exämple.com]",
            "2:15: `sip_domains` cannot be `exämple.com`: only letters, digits and hyphens are allowed"),
        Mistake(
            "secrets:\n", "organization: { country: fr, name: \(String(repeating: "x", count: 65)) }\nsecrets:\n",
            "3:26: `country` must be two capital letters, not `fr`",
            "3:36: `name` is longer than 64 characters"),
        Mistake(
            "secrets:\n", "topology: { simple_urls: { meet: meet.example.com, dialin: 'https://x' } }\nsecrets:\n",
            "3:34: `meet` must be a URL, not `meet.example.com`\n  hint: write it as https://meet.example.com",
            "3:60: `dialin` cannot be `x`: it is a short name, without a domain"),
        Mistake(
            "secrets:\n", "topology: { autodiscover: yes, public_im: [icq] }\nsecrets:\n",
            "3:27: `autodiscover` must be true or false, not `yes`",
            "3:44: `public_im` cannot be `icq`\n  hint: known here: aol"),
        Mistake(
            "sites:\n", "groups: { all: [fe, ege], um01: [edge] }\nsites:\n",
            "9:21: unknown pool or host `ege` in `all`\n  hint: did you mean `edge`?",
            "9:27: `um01` is the name of a pool or host already"),
        Mistake(
            "sites:\n", "groups: { a/b: [fe01] }\nsites:\n",
            "9:11: `a/b` cannot be the name of a group\n  hint: up to 63 letters, digits, hyphens, "
                + "underscores and dots, a letter or digit first"),
        Mistake(
            "    pools:\n", "    pool:\n",
            "11:5: unknown key `pool` in `lyon`\n  hint: did you mean `pools`?"),
    ]

    private static let secrets = [
        Mistake(
            "{ from: prompt, text: Password }", "hunter2",
            "4:10: `admin`: a secret itself never stands in the inventory\n  hint: write where it "
                + "comes from: { from: prompt, text: … }, or env, file, command"),
        Mistake(
            "{ from: prompt, text: Password }", "{ from: prompt, text: P, value: hunter2 }",
            "4:35: `value`: a secret itself never stands in the inventory\n  hint: write where it "
                + "comes from: { from: prompt, text: … }, or env, file, command"),
        Mistake(
            "{ from: prompt, text: Password }", "{ from: promt, text: P }",
            "4:18: `from` in `admin` is none of env, file, command, prompt\n  hint: did you mean `prompt`?"),
        Mistake(
            "{ from: prompt, text: Password }", "{ from: file }",
            "4:10: `path` is missing in `admin`"),
        Mistake(
            "{ from: prompt, text: Password }", "{ from: command, argv: [] }",
            "4:33: `argv` is empty\n  hint: the program first"),
        Mistake(
            "{ from: prompt, text: Password }", "{ from: env, name: A=b }",
            "4:29: `name` must be the name of an environment variable"),
        Mistake(
            "user: certfleet", "user: certfleet, password: hunter2",
            "8:37: `password` must be the name of one of `secrets`: a secret itself never stands in "
                + "the inventory\n  hint: declare it under `secrets` and write its name"),
        Mistake(
            "user: certfleet", "user: certfleet, passphrase: admn",
            "8:39: `passphrase` must be the name of one of `secrets`: a secret itself never stands in "
                + "the inventory\n  hint: did you mean `admin`?"),
    ]

    private static let authorities =
        [
            Mistake(
                "kind: local", "kind: acme",
                "6:17: authorities of kind `acme` are not in this version yet\n  hint: known here: "
                    + "local, drop-folder, host-online, command, certsrv"),
            Mistake(
                "kind: local", "kind: locl",
                "6:17: `kind` cannot be `locl`\n  hint: did you mean `local`?"),
            Mistake(
                "kind: local, ", "",
                "6:3: `kind` is missing in `corp`\n  hint: known here: local, drop-folder, host-online, command, certsrv"
            ),
            Mistake(
                "certificate: ca.pem, ", "",
                "6:3: `certificate` is missing in `corp`"),
            Mistake(
                "days: 730", "days: 5000",
                "6:83: `days` must be between 1 and 3650, not 5000"),
            Mistake(
                "days: 730", "days: two",
                "6:83: `days` must be a whole number, not `two`"),
            Mistake(
                "chain: [root.pem]", "chain: []",
                "6:65: `chain` is empty\n  hint: name the files of the issuing and root certificates"),
            Mistake(
                "ca.key", "~root/ca.key",
                "6:50: `key`: only one's own home folder can be written with `~`"),
            Mistake(
                "{ kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }",
                "{ kind: drop-folder, outbox: a, inbox: ./a, chain: r.pem, key: k }",
                "6:48: `inbox` must be another folder than `outbox`",
                "6:67: unknown key `key` in `corp`\n  hint: known here: kind, outbox, inbox, chain"),
        ] + remoteAuthorities

    private static func remote(_ words: String, _ mistakes: String...) -> Mistake {
        Mistake(
            "{ kind: local, certificate: ca.pem, key: ca.key, chain: [root.pem], days: 730 }",
            "{ chain: [root.pem], \(words) }", mistakes)
    }

    private static let remoteAuthorities = [
        remote("kind: command, argv: []", "6:51: `argv` is empty\n  hint: the program first"),
        remote(
            "kind: command, argv: [x], limit: 2h",
            "6:63: `limit` must be between 1s and 1h, not 2h"),
        remote(
            "kind: certsrv, auth: negotiate, url: 'http://ca.example.com'",
            "6:67: `url` must begin with https://\n  hint: passwords and requests never travel in the clear"),
        remote(
            "kind: certsrv, auth: negotiate, url: 'https://me@ca'",
            "6:67: `url` must be an address such as https://ca.example.com/certsrv, not `https://me@ca`"),
        remote(
            "kind: certsrv, url: 'https://ca', auth: ntlm, user: me",
            "6:3: `password` is missing in `corp`: `auth` is `ntlm`"),
        remote(
            "kind: certsrv, url: 'https://ca', auth: ntlm, user: me, password: admn",
            "6:96: `password` must be the name of one of `secrets`: a secret itself never stands in "
                + "the inventory\n  hint: did you mean `admin`?"),
        remote(
            "kind: certsrv, url: 'https://ca', auth: negotiate, user: me",
            "6:87: `user` has no use with `auth: negotiate`\n  hint: Kerberos takes the ticket of the account that "
                + "runs certfleet: kinit"),
        remote(
            "kind: certsrv, url: 'https://ca', auth: negotiate, template: 'a:b'",
            "6:91: `template` must be one line without a colon"),
    ]

    private static let settings = [
        Mistake(
            "user: certfleet, ", "",
            "8:8: `user` is missing in `ssh` for all hosts\n  hint: give it under `ssh` of `defaults`, "
                + "the site, the pool or the host"),
        Mistake(
            ", key: ~/.ssh/id", "",
            "8:8: `key` is missing in `ssh` for all hosts: `auth` has `key`\n  hint: give it under "
                + "`ssh` of `defaults`, the site, the pool or the host"),
        Mistake(
            "user: certfleet", "user: certfleet, auth: [password]",
            "8:8: `password` is missing in `ssh` for all hosts: `auth` has `password`\n  hint: give it "
                + "under `ssh` of `defaults`, the site, the pool or the host"),
        Mistake(
            "user: certfleet", "user: certfleet, auth: [agent, agent, pasword]",
            "8:41: duplicate method `agent`: it already stands in line 8",
            "8:48: `auth` cannot be `pasword`\n  hint: did you mean `password`?"),
        Mistake(
            "user: certfleet", "user: certfleet, port: 70000",
            "8:33: `port` must be between 1 and 65535, not 70000"),
        Mistake(
            "user: certfleet", "user: certfleet, agent_key: SHA256:abc",
            "8:38: `agent_key` must be a fingerprint `SHA256:…`\n  hint: ssh-add -l prints it"),
        Mistake(
            "user: certfleet", "user: [certfleet]",
            "8:16: `user` must be a text, not a list"),
        Mistake(
            "sites:\n", "  key: { bits: 1024, hash: md5, algorithm: ecdh }\nsites:\n",
            "9:16: `bits` cannot be `1024`\n  hint: known here: 2048, 4096",
            "9:28: `hash` cannot be `md5`\n  hint: known here: sha256, sha384, sha512",
            "9:44: `algorithm` cannot be `ecdh`\n  hint: known here: rsa"),
        Mistake(
            "sites:\n", "  renew: { lead: 60 }\nsites:\n",
            "9:18: `lead` must be a duration, not `60`\n  hint: a whole number and a unit: 60d, 2h, "
                + "20m, 90s or 250ms"),
        Mistake(
            "sites:\n", "  rollout: { canary: -1, ready_for: 2d }\nsites:\n",
            "9:22: `canary` must be between 0 and 1000, not -1",
            "9:37: `ready_for` must be between 0s and 1d, not 2d"),
        Mistake(
            "sites:\n", "  deadlines: { step: 0s }\nsites:\n",
            "9:22: `step` must be between 1ms and 7d, not 0s"),
        Mistake(
            "sites:\n", "  version: 2012\nsites:\n",
            "9:12: `version` cannot be `2012`\n  hint: did you mean `2010`?"),
    ]
}
