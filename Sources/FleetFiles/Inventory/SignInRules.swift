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
        for host in hosts { host.host.ssh.transport == .ssh ? programRules(host) : libraryRules(host) }
    }

    /// The library knows no Kerberos.
    private func libraryRules(_ host: HostDraft) {
        let name = host.name.map { " of `\($0.value)`" } ?? ""
        let hint = "transport: ssh"
        if host.host.ssh.methods.contains(.gssapi) {
            reader.report(host.node.place, "`auth`\(name) has `gssapi`, which libssh2 does not know", hint: hint)
        }
        for bastion in way(to: host) where bastion.ssh.methods.contains(.gssapi) {
            reader.report(
                host.node.place,
                "the way\(name.replacing(" of", with: " to")) leads through the bastion `\(bastion.name)`, whose `auth` has `gssapi`, which libssh2 does not know",
                hint: hint)
        }
    }

    private func way(to host: HostDraft) -> [Host] {
        var way: [Host] = []
        var next = host.host.ssh.bastion
        while let bastion = bastions.first(where: { $0.name == next }), !way.contains(where: { $0.name == next }) {
            way.append(bastion)
            next = bastion.ssh.bastion
        }
        return way
    }

    /// The system's `ssh` asks on a terminal, which a run does not give it: no secret can be handed to it.
    private func programRules(_ host: HostDraft) {
        let program = "`transport: ssh`\(host.name.map { " of `\($0.value)`" } ?? "")"
        if let (what, hint) = Self.secret(of: host.host.ssh) {
            reader.report(host.node.place, "\(program) cannot be given a \(what)", hint: hint)
        }
        for bastion in way(to: host) {
            guard let (what, hint) = Self.secret(of: bastion.ssh) else { continue }
            reader.report(
                host.node.place, "\(program) cannot give the bastion `\(bastion.name)` a \(what)", hint: hint)
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
