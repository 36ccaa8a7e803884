import FleetModel

/// Whether each host can be signed in to with what the levels above and it say together.
struct SignInRules {
    let reader: YAMLReader
    let root: YAMLNode
    let hosts: [HostDraft]

    private static let levels = "under `ssh` of `defaults`, the site, the pool or the host"

    func check() {
        report(hosts.filter { lacks("user", $0.ssh) }) { "`user` is missing in `ssh`" + $0 }
        let methods: [(SSHSettings.Method, String)] = [
            (.key, "key"), (.password, "password"), (.keyboardInteractive, "password"),
        ]
        for (method, key) in methods {
            let lacking = hosts.filter { ($0.ssh.methods ?? [.key]).contains(method) && lacks(key, $0.ssh) }
            report(lacking) { "`\(key)` is missing in `ssh`\($0): `auth` has `\(method.rawValue)`" }
        }
    }

    private func lacks(_ key: String, _ ssh: SSHLayer) -> Bool { !ssh.given.contains(key) }

    /// What all hosts lack is one mistake and is said once, where it belongs: in `defaults`.
    private func report(_ lacking: [HostDraft], _ message: (_ whose: String) -> String) {
        let hint = "give it \(Self.levels)"
        if lacking.count > 1, lacking.count == hosts.count {
            let place = (root["defaults"]?["ssh"] ?? root["defaults"] ?? root).place
            reader.report(place, message(" for all hosts"), hint: hint)
        } else {
            for host in lacking {
                reader.report(host.node.place, message(host.name.map { " for `\($0.value)`" } ?? ""), hint: hint)
            }
        }
    }
}
