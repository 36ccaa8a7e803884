import FleetModel

/// The startup modes of Exchange's Unified Messaging services.
enum UnifiedMessagingCommands {
    static let table: [String: Command] = [
        "Get-UMServer": { try show("UM", $0) },
        "Get-UMService": { try show("UM", $0) },
        "Get-UMCallRouterSettings": { try show("UMCallRouter", $0) },
        "Set-UMServer": { try set("UM", $0) },
        "Set-UMService": { try set("UM", $0) },
        "Set-UMCallRouterSettings": { try set("UMCallRouter", $0) },
    ]

    private static func mode(_ service: String, _ context: CommandContext) throws -> String {
        for name in ["Identity", "Server"] {
            guard let text = context.arguments.text(name)?.lowercased() else { continue }
            guard [context.host.name.lowercased(), context.host.fqdn.lowercased()].contains(text) else {
                throw context.failure("The server \"\(text)\" was not found.", target: text)
            }
        }
        guard let mode = try context.state.startupModes()[service] else {
            throw context.failure("The server has no service \(service).", target: service)
        }
        return mode
    }

    private static func show(_ service: String, _ context: CommandContext) throws -> [CommandResult] {
        [
            .object([
                "Identity": .string(context.host.name), "Name": .string(context.host.name),
                "UMStartupMode": .string(try mode(service, context)), "Status": .string("Enabled"),
            ])
        ]
    }

    private static func set(_ service: String, _ context: CommandContext) throws -> [CommandResult] {
        _ = try mode(service, context)
        guard let wanted = context.arguments.text("UMStartupMode") else { return [] }
        let mode = ["TCP", "TLS", "Dual"].first { $0.lowercased() == wanted.lowercased() } ?? wanted
        try context.state.setStartupMode(mode, of: service)
        return []
    }
}
