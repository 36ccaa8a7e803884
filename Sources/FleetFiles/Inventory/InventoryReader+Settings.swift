import FleetModel

extension InventoryReader {
    /// What a level says of the settings that pass down; a host's level has `ssh` and `deadlines` only.
    func settings(_ mapping: YAMLMapping, at level: ServerGroup.Level) -> Settings {
        var settings = Settings()
        if let node = mapping["version"] {
            settings.version = reader.word(node, "version", of: InventoryKeys.versions)
                .flatMap(ProductVersion.init(rawValue:)).map { Placed($0, at: node.place) }
        }
        settings.ssh = ssh(mapping, at: level)
        settings.key = key(mapping)
        settings.lead = mapping.mapping("renew", keys: InventoryKeys.renew)?.duration(
            "lead", in: .seconds(1)...(.seconds(3650 * 86_400)))
        if let rollout = mapping.mapping("rollout", keys: InventoryKeys.rollout) {
            settings.canary = rollout.integer("canary", in: 0...1000)
            settings.maxFailures = rollout.integer("max_failures", in: 0...1000)
            settings.readyFor = rollout.duration("ready_for", in: .zero...(.seconds(86_400)))
            settings.defersRestarts = rollout.word("restarts", of: InventoryKeys.restarts).map { $0 == "defer" }
            settings.window = window(rollout)
        }
        if let deadlines = mapping.mapping("deadlines", keys: InventoryKeys.deadlines) {
            for key in InventoryKeys.deadlines {
                settings.deadlines.values[key] = deadlines.duration(
                    key, in: .milliseconds(1)...(.seconds(7 * 86_400)))
            }
        }
        return settings
    }

    private func window(_ rollout: YAMLMapping) -> RestartWindow? {
        guard let node = rollout["window"], let text = rollout.text("window") else { return nil }
        guard let window = RestartWindow(text) else {
            reader.report(
                node.place, "`window` must be two times of the day with a hyphen, not \(Quoting.quote(text))",
                hint: "write it like \"22:00-04:00\", in quotes")
            return nil
        }
        return window
    }

    private func ssh(_ mapping: YAMLMapping, at level: ServerGroup.Level) -> SSHLayer {
        guard let ssh = mapping.mapping("ssh", keys: InventoryKeys.ssh) else {
            return SSHLayer(given: mapping.lacks("ssh") ? [] : Set(InventoryKeys.ssh))
        }
        var layer = signIn(ssh)
        layer.networkCredentials = ssh.flag("network_credentials")
        layer.transport = ssh.choice("transport", SSHSettings.Transport.self)
        layer.bastion = bastionName(ssh, orNone: true)
        // The level is part of it: whoever takes the number from here shares it.
        layer.group = ssh.integer("handshakes_per_second", in: 1...1000).map {
            ServerGroup(level: level, handshakesPerSecond: $0)
        }
        layer.given = Set(InventoryKeys.ssh.filter { !ssh.lacks($0) })
        return layer
    }

    /// What hosts and bastions have in common.
    func signIn(_ ssh: YAMLMapping) -> SSHLayer {
        SSHLayer(
            user: ssh.text("user"), port: ssh.integer("port", in: 1...65535), methods: methods(ssh),
            key: path(ssh["key"], "key"), passphrase: secretName(ssh, "passphrase"),
            password: secretName(ssh, "password"), agentKey: agentKey(ssh),
            knownHosts: path(ssh["known_hosts"], "known_hosts"))
    }

    private func methods(_ ssh: YAMLMapping) -> [SSHSettings.Method]? {
        guard let node = ssh["auth"], let items = reader.list(node, "auth") else { return nil }
        if items.isEmpty { return reader.refuse(node, "`auth` is empty") }
        let words = SSHSettings.Method.allCases.map(\.rawValue)
        let placed = items.compactMap { item in
            reader.word(item, "auth", of: words).map { Placed($0, at: item.place) }
        }
        return distinct(placed, "method").compactMap { SSHSettings.Method(rawValue: $0.value) }
    }

    /// OpenSSH's form: SHA-256 in base64 without padding, 43 characters.
    private func agentKey(_ ssh: YAMLMapping) -> String? {
        guard let node = ssh["agent_key"], let text = reader.text(node, "agent_key") else { return nil }
        let digest = text.dropFirst("SHA256:".count)
        let isBase64 = digest.utf8.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x2B || $0 == 0x2F
        }
        guard text.hasPrefix("SHA256:"), digest.utf8.count == 43, isBase64 else {
            return reader.refuse(
                node, "`agent_key` must be a fingerprint `SHA256:…`", hint: "ssh-add -l prints it")
        }
        return text
    }

    func key(_ mapping: YAMLMapping) -> KeyLayer {
        guard let key = mapping.mapping("key", keys: InventoryKeys.key) else { return KeyLayer() }
        return KeyLayer(
            algorithm: key.word("algorithm", of: InventoryKeys.algorithms),
            bits: key.word("bits", of: InventoryKeys.bits).flatMap { Int($0) },
            hash: key.word("hash", of: InventoryKeys.hashes))
    }
}
