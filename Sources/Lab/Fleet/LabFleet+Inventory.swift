package import FleetModel

extension LabFleet {
    /// The fleet as it is in the lab: everything on 127.0.0.1, with the lab's keys, authorities and ports.
    ///
    /// - Throws: ``LabError`` `folder` when there is no lab, `notUp` when it was never up: its ports come with that.
    package static func inventory(_ outside: Inventory, in path: String) throws -> Inventory {
        let folder = try LabFolder(existing: path)
        let record = try LabRecord.read(folder)
        let user = try SSHKeys.user()
        var inside = outside
        inside.folder = folder.path
        inside.file = folder.inventory
        inside.secrets = [:]
        inside.authorities = try outside.authorities.mapValues { try authority($0, in: folder) }
        for kind in inside.authorities.values.map(\.kind) {
            guard let name = kind.password else { continue }
            inside.secrets[name] = .file(folder.webPassword(String(name.dropFirst("lab-".count))))
        }
        for pool in inside.pools.indices {
            inside.pools[pool].rollout.readyFor = .zero
            for host in inside.pools[pool].hosts.indices {
                let recorded = try record.host(inside.pools[pool].hosts[host].name)
                try move(&inside.pools[pool].hosts[host], to: recorded, user: user, in: folder)
            }
        }
        return inside
    }

    private static func authority(_ outside: AuthorityDefinition, in folder: LabFolder) throws -> AuthorityDefinition {
        var inside = outside
        let issuing = "\(folder.authority(outside.name))/issuing"
        switch outside.kind {
        case .webEnrollment(var pages):
            let record = try WebSiteRecord.read(outside.name, in: folder)
            pages.url = "https://localhost:\(record.port ?? 0)/certsrv"
            // The lab has no Kerberos.
            if pages.authentication == .negotiate { pages.authentication = .ntlm }
            pages.user = record.user
            pages.password = "lab-\(outside.name)"
            pages.trustFile = folder.root + ".pem"
            inside.kind = .webEnrollment(pages)
            inside.chain = [folder.root + ".pem", issuing + ".pem"]
        case .hostOnline(var settings):
            if settings.user != nil {
                settings.user = try WebSiteRecord.read(outside.name, in: folder).user
                settings.password = "lab-\(outside.name)"
            }
            inside.kind = .hostOnline(settings)
            inside.chain = [folder.root + ".pem", issuing + ".pem"]
        case .local, .command:
            inside.kind = .local(
                certificate: issuing + ".pem", key: issuing + ".key", days: LabAuthorities.days(of: outside),
                issued: folder.issued(outside.name))
            inside.chain = [folder.root + ".pem"]
        case .dropFolder:
            inside.kind = .dropFolder(outbox: folder.outbox(outside.name), inbox: folder.inbox(outside.name))
            inside.chain = [folder.root + ".pem", issuing + ".pem"]
        }
        return inside
    }

    private static func move(
        _ host: inout Host, to recorded: LabRecord.Host, user: String, in folder: LabFolder
    ) throws {
        guard let port = recorded.port else {
            throw LabError(.notUp, "the lab has no ports yet", hint: "certfleet lab up \(folder.path)")
        }
        host.address = "127.0.0.1"
        // The lab signs in by key and plays the logon that the fleet outside would have.
        host.ssh = SSHSettings(
            user: user, port: port, methods: [.key], key: folder.clientKey, knownHosts: folder.knownHosts,
            networkCredentials: host.ssh.hasNetworkCredentials ? true : nil)
        host.deadlines = Deadlines(
            connect: .seconds(5), signIn: .seconds(10), hello: .seconds(15), step: .seconds(30), silence: .seconds(20),
            drain: .seconds(60))
        // Where none is given the agent probes on the host itself; that stays so.
        if host.externalAccess != nil { host.externalAccess = "127.0.0.1" }
        if host.externalWebConferencing != nil { host.externalWebConferencing = "127.0.0.1" }
        host.ports = recorded.mappings
    }
}

extension LabRecord.Host {
    var mappings: [PortMapping] {
        tls.compactMap { entry in
            entry.port.map { PortMapping(usage: entry.usage, standard: entry.standard, port: $0) }
        }
    }
}

extension AuthorityDefinition.Kind {
    /// The name of the secret that it needs.
    fileprivate var password: String? {
        switch self {
        case .webEnrollment(let pages): pages.password
        case .hostOnline(let settings): settings.password
        case .local, .dropFolder, .command: nil
        }
    }
}
