import FleetModel

/// Windows' own cmdlets for services.
enum WindowsServiceCommands {
    static let table: [String: Command] = [
        "Get-Service": { try list($0) },
        "Stop-Service": { context in
            try context.state.stop(try names(context, "StopServiceCommand"))
            return []
        },
        "Start-Service": { context in
            try context.state.start(try names(context, "StartServiceCommand"), type: context.host.type)
            return []
        },
        "Restart-Service": { context in
            let names = try names(context, "RestartServiceCommand")
            try context.state.stop(names)
            try context.state.start(names, type: context.host.type)
            return []
        },
    ]

    private static func names(_ context: CommandContext, _ command: String) throws -> [String] {
        let known = try context.state.services().keys
        return try (context.arguments.list("Name") ?? []).map { name in
            guard let found = known.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw CommandFailure(
                    "Cannot find any service with service name '\(name)'.",
                    id: "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.\(command)",
                    category: "ObjectNotFound", target: name,
                    exception: "Microsoft.PowerShell.Commands.ServiceCommandException", hresult: 0x8013_1501)
            }
            return found
        }
    }

    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let services = try context.state.services()
        let wanted =
            try context.arguments.has("Name") ? names(context, "GetServiceCommand") : services.keys.sorted()
        return wanted.map { name in
            .object([
                "Name": .string(name), "DisplayName": .string(name),
                "Status": .string((services[name] ?? .stopped).rawValue), "StartType": .string("Automatic"),
            ])
        }
    }
}
