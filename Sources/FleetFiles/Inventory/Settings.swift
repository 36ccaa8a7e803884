import FleetModel

/// What `defaults`, a site, a pool or a host says of the settings that pass down the tree.
struct Settings {
    var version: Placed<ProductVersion>?
    var ssh = SSHLayer()
    var key = KeyLayer()
    var lead: Duration?
    var canary: Int?
    var maxFailures: Int?
    var readyFor: Duration?
    var defersRestarts: Bool?
    var window: RestartWindow?
    var deadlines = DeadlineLayer()

    /// This level's words before those of the level above.
    func over(_ above: Settings) -> Settings {
        Settings(
            version: version ?? above.version, ssh: ssh.over(above.ssh), key: key.over(above.key),
            lead: lead ?? above.lead, canary: canary ?? above.canary, maxFailures: maxFailures ?? above.maxFailures,
            readyFor: readyFor ?? above.readyFor,
            defersRestarts: defersRestarts ?? above.defersRestarts, window: window ?? above.window,
            deadlines: deadlines.over(above.deadlines))
    }

    var rollout: RolloutPolicy {
        var policy = RolloutPolicy()
        if let canary { policy.canary = canary }
        if let maxFailures { policy.maxFailures = maxFailures }
        if let readyFor { policy.readyFor = readyFor }
        if let defersRestarts { policy.defersRestarts = defersRestarts }
        policy.window = window
        return policy
    }
}

/// One level's words on signing in.
struct SSHLayer {
    var user: String?
    var port: Int?
    var methods: [SSHSettings.Method]?
    var key: String?
    var passphrase: String?
    var password: String?
    var agentKey: String?
    var knownHosts: String?
    var networkCredentials: Bool?
    var transport: SSHSettings.Transport?
    /// May be the word for none.
    var bastion: String?
    var group: ServerGroup?
    /// The keys that the file gives, with good values or bad ones: a bad one is not missing as well.
    var given: Set<String> = []

    func over(_ above: SSHLayer) -> SSHLayer {
        SSHLayer(
            user: user ?? above.user, port: port ?? above.port, methods: methods ?? above.methods,
            key: key ?? above.key, passphrase: passphrase ?? above.passphrase, password: password ?? above.password,
            agentKey: agentKey ?? above.agentKey, knownHosts: knownHosts ?? above.knownHosts,
            networkCredentials: networkCredentials ?? above.networkCredentials,
            transport: transport ?? above.transport, bastion: bastion ?? above.bastion, group: group ?? above.group,
            given: given.union(above.given))
    }

    func settings(knownHosts fallback: String) -> SSHSettings {
        SSHSettings(
            user: user ?? "", port: port ?? 22, methods: methods ?? [.key], key: key, passphrase: passphrase,
            password: password, agentKey: agentKey, knownHosts: knownHosts ?? fallback,
            networkCredentials: networkCredentials,
            transport: transport ?? .libssh2, bastion: bastion == InventoryKeys.noBastion ? nil : bastion, group: group)
    }
}

/// One level's words on keys.
struct KeyLayer {
    var algorithm: String?
    var bits: Int?
    var hash: String?

    func over(_ above: KeyLayer) -> KeyLayer {
        KeyLayer(algorithm: algorithm ?? above.algorithm, bits: bits ?? above.bits, hash: hash ?? above.hash)
    }

    var specification: KeySpecification {
        var result = KeySpecification()
        if let algorithm { result.algorithm = algorithm }
        if let bits { result.bits = bits }
        if let hash { result.hash = hash }
        return result
    }
}

/// One level's words on deadlines, by their keys.
struct DeadlineLayer {
    var values: [String: Duration] = [:]

    func over(_ above: DeadlineLayer) -> DeadlineLayer {
        DeadlineLayer(values: values.merging(above.values) { mine, _ in mine })
    }

    var deadlines: Deadlines {
        var result = Deadlines()
        for (key, field) in Self.fields { if let value = values[key] { result[keyPath: field] = value } }
        return result
    }

    /// The keys of the file and what they set.
    static var fields: [(key: String, field: WritableKeyPath<Deadlines, Duration>)] {
        [
            ("connect", \.connect), ("sign_in", \.signIn), ("hello", \.hello), ("step", \.step),
            ("silence", \.silence), ("drain", \.drain),
        ]
    }
}
