import FleetModel

/// What a pool says of its readiness. Each lab host knows its own services and its fellow members' names only.
enum CsPoolCommands {
    static let table: [String: Command] = [
        "Get-CsPoolUpgradeReadinessState": { try readiness($0) },
        "Get-CsUpgradeDomainInfo": { domains($0) },
        "Get-CsPoolFabricState": { fabric($0) },
    ]

    private static func readiness(_ context: CommandContext) throws -> [CommandResult] {
        let members = Int64(context.host.members.count)
        let ready = try context.state.services()["RTCSRV"] == .running
        return [
            .object([
                "PoolFqdn": .string(context.host.poolFQDN),
                "State": .string(ready ? "Ready" : "InsufficientActiveFrontEnds"),
                "TotalFrontends": .int(members), "TotalActiveFrontends": .int(ready ? members : members - 1),
            ])
        ]
    }

    /// One upgrade domain per member, as in a pool of fewer than four servers.
    private static func domains(_ context: CommandContext) -> [CommandResult] {
        context.host.members.enumerated().map { index, member in
            .object([
                "Name": .string("UD:/UpgradeDomain\(index + 1)"), "UpgradeDomain": .string("UpgradeDomain\(index + 1)"),
                "Frontends": .texts([member]),
            ])
        }
    }

    /// One routing group per member: it is the primary, its fellows are the secondaries.
    private static func fabric(_ context: CommandContext) -> [CommandResult] {
        let members = context.host.members
        return members.enumerated().map { index, member in
            let suffix = String(index + 1)
            let group = "7e7d5d0a-3f2b-5c1e-9a44-" + String(repeating: "0", count: 12 - suffix.count) + suffix
            return .object([
                "RoutingGroup": .string(group), "Primary": .string(member),
                "Secondaries": .texts(members.filter { $0 != member }),
            ])
        }
    }
}
