import FleetModel

/// The Central Management store's replicas.
enum CsReplicationCommands {
    static let table: [String: Command] = [
        "Get-CsManagementStoreReplicationStatus": { try status($0) },
        "Invoke-CsManagementStoreReplication": { try push($0) },
    ]

    /// All of the deployment's servers, or the one that is named.
    private static func hosts(_ context: CommandContext) throws -> (CentralStore, [LabRecord.Host]) {
        guard let central = CentralStore.above(context.state) else {
            throw context.failure(
                "Cannot connect to the Central Management store.", hresult: WindowsError.serverUnavailable)
        }
        let wanted = context.arguments.text("ReplicaFqdn")?.lowercased()
        let all = try LabRecord.read(central.folder).hosts.filter { !$0.type.isExchange && $0.type != .reverseProxy }
        let meant = all.filter { wanted == nil || $0.fqdn.lowercased() == wanted }
        if let wanted, meant.isEmpty {
            throw context.failure("Cannot find replica \"\(wanted)\".", target: wanted)
        }
        return (central, meant)
    }

    private static func status(_ context: CommandContext) throws -> [CommandResult] {
        let (central, hosts) = try hosts(context)
        return try hosts.map { host in
            .object([
                "ReplicaFqdn": .string(host.fqdn),
                "UpToDate": .bool(try central.isUpToDate(host.name, now: context.now)),
                "LastStatusReport": .date(context.now),
            ])
        }
    }

    private static func push(_ context: CommandContext) throws -> [CommandResult] {
        let (central, hosts) = try hosts(context)
        for host in hosts { try central.push(to: host.name) }
        return []
    }
}
