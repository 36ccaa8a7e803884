import Certificates
import FleetModel
package import FoundationEssentials
import Glibc

/// Makes the folder of a lab.
package enum LabFleet {
    /// Makes authorities, SSH keys and, for each host, a state folder with an old certificate per order.
    ///
    /// Ports are not chosen yet: the daemon does that when it comes up for the first time (``LabServer``), and
    /// ``inventory(_:in:)`` follows. When anything fails, what was made is removed again.
    ///
    /// - Parameters:
    ///   - path: A folder that is empty or not there; those above it are made, too.
    ///   - transcripts: Absolute; where the simulated hosts write their conversations.
    /// - Throws: ``LabError`` `folder` for a folder that holds something else, and what its parts throw.
    package static func create(
        in path: String, from source: LabSource, transcripts: String? = nil, now: Date = Date()
    ) async throws {
        try LabFolder.make(path)
        let folder = try LabFolder(existing: path)
        guard try StateFile.names(in: folder.path).isEmpty else {
            throw LabError(
                .folder, "\(path) holds something else than a lab",
                hint: "name a folder that is empty or does not exist")
        }
        do {
            try await fill(folder, from: source, transcripts: transcripts, now: now)
        } catch {
            try? removeContents(of: folder.path)
            throw error
        }
    }

    private static func fill(_ folder: LabFolder, from source: LabSource, transcripts: String?, now: Date) async throws
    {
        try LabFolder.make("\(folder.path)/keys", mode: 0o700)
        try LabFolder.make("\(folder.path)/hosts")
        let client = try await SSHKeys.make(folder.clientKey, comment: "lab client")
        try StateFile.write(Data("\(client)\n".utf8), to: folder.authorizedKeys, mode: 0o600)
        let authorities = try await LabAuthorities.make(for: source, in: folder, now: now)
        var hosts: [LabRecord.Host] = []
        for pool in source.inventory.pools {
            for host in pool.hosts {
                hosts.append(
                    try await make(
                        host, of: pool, in: folder, authorities: authorities, source: source,
                        transcripts: transcripts))
            }
        }
        try await Seeding(folder: folder, source: source, authorities: authorities, now: now).run()
        let rollout = source.inventory.pools.first { $0.type == .frontEnd } ?? source.inventory.pools.first
        let allShared = source.orders.filter { $0.sharing == .pool }
        let shared = allShared.first { $0.usages.contains("AudioVideoAuthentication") } ?? allShared.first
        // Last: a folder with this file is a whole lab.
        try LabRecord(
            hosts: hosts, authorities: authorities.records, rolloutPool: rollout?.name,
            sharedOrder: shared?.id
        ).write(folder)
    }

    private static func make(
        _ host: Host, of pool: Pool, in folder: LabFolder, authorities: LabAuthorities, source: LabSource,
        transcripts: String?
    ) async throws -> LabRecord.Host {
        let reachesStore = [.frontEnd, .standardEdition, .director, .mediation].contains(pool.type)
        let identity = HostIdentity(
            name: host.name, fqdn: host.fqdn, pool: pool.name, poolFQDN: pool.fqdn ?? host.fqdn, type: pool.type,
            version: pool.version, members: pool.hosts.map(\.fqdn), accessFQDN: pool.access?.fqdn,
            webConferencingFQDN: pool.webConferencing?.fqdn,
            topology: reachesStore ? PublishedTopology(source.inventory) : nil,
            hasNetworkCredentials: host.ssh.hasNetworkCredentials ? true : nil, transcripts: transcripts)
        let state = try HostState.create(folder.host(host.name), identity: identity)
        let root = authorities.root.certificate
        try state.store(.root).add(StoreEntry(thumbprint: root.thumbprint, certificate: root.der))
        for signer in authorities.issuing.values {
            let issuing = signer.certificate
            try state.store(.intermediate).add(StoreEntry(thumbprint: issuing.thumbprint, certificate: issuing.der))
        }
        if source.seeds.startsAtTCP.contains(host.name), pool.type.isExchange {
            try state.setStartupMode("TCP", of: "UM")
        }
        let key = try await SSHKeys.make(folder.hostKey(host.name), comment: host.fqdn)
        return LabRecord.Host(
            name: host.name, fqdn: host.fqdn, pool: pool.name, type: pool.type, hostKey: key, tls: ports(of: pool))
    }

    /// One port of ours for each port of the product, in the order of the role's usages.
    private static func ports(of pool: Pool) -> [LabRecord.TLSPort] {
        ServiceCatalogue.usages(of: pool.type, version: pool.version).flatMap { usage in
            ServicePorts.standard(for: usage, type: pool.type, version: pool.version).map {
                LabRecord.TLSPort(usage: usage, standard: $0)
            }
        }
    }

    private static func removeContents(of folder: String) throws {
        for name in try StateFile.names(in: folder) {
            let path = "\(folder)/\(name)"
            var entry = stat()
            if lstat(path, &entry) == 0 && entry.st_mode & S_IFMT == S_IFDIR {
                try removeContents(of: path)
                rmdir(path)
            } else {
                unlink(path)
            }
        }
    }
}
