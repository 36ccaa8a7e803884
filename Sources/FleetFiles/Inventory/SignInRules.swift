import FleetModel

/// Whether each host can be signed in to with what the levels above and it say together.
struct SignInRules {
    let reader: YAMLReader
    let root: YAMLNode
    let hosts: [HostDraft]
    let bastions: [Host]

    /// What each method cannot do without.
    static let needs: [(SSHSettings.Method, String)] = [
        (.key, "key"), (.password, "password"), (.keyboardInteractive, "password"),
    ]

    private static let levels = "under `ssh` of `defaults`, the site, the pool or the host"

    func check() {
        report(hosts.filter { lacks("user", $0.ssh) }) { "`user` is missing in `ssh`" + $0 }
        for (method, key) in Self.needs {
            let lacking = hosts.filter { ($0.ssh.methods ?? [.key]).contains(method) && lacks(key, $0.ssh) }
            report(lacking) { "`\(key)` is missing in `ssh`\($0): `auth` has `\(method.rawValue)`" }
        }
        for host in hosts where host.host.ssh.transport == .ssh { programRules(host) }
    }

    /// The system's `ssh` asks on a terminal, which a run does not give it: no secret can be handed to it.
    private func programRules(_ host: HostDraft) {
        let program = "`transport: ssh`\(host.name.map { " of `\($0.value)`" } ?? "")"
        if let (what, hint) = Self.secret(of: host.host.ssh) {
            reader.report(host.node.place, "\(program) cannot be given a \(what)", hint: hint)
        }
        var next = host.host.ssh.bastion
        var seen: Set<String> = []
        while let name = next, seen.insert(name).inserted, let bastion = bastions.first(where: { $0.name == name }) {
            if let (what, hint) = Self.secret(of: bastion.ssh) {
                reader.report(
                    host.node.place,
                    "\(program) cannot give the bastion `\(name)` a \(what)", hint: hint)
            }
            next = bastion.ssh.bastion
        }
    }

    /// A secret that signing in would take, and what to do instead.
    private static func secret(of ssh: SSHSettings) -> (what: String, hint: String)? {
        if let method = ssh.methods.first(where: { $0 == .password || $0 == .keyboardInteractive }) {
            return ("password (`auth` has `\(method.rawValue)`)", "auth: [key] or [agent]")
        }
        if ssh.passphrase != nil, ssh.methods.contains(.key) {
            return ("passphrase", "ssh-add the key, and auth: [agent]")
        }
        return nil
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
