import FleetModel

/// Lync's and Skype for Business' services.
enum CsServiceCommands {
    static let table: [String: Command] = [
        "Get-CsWindowsService": { try list($0) },
        "Stop-CsWindowsService": { try stop($0) },
        "Start-CsWindowsService": { context in
            try context.state.start(try names(context), type: context.host.type)
            return []
        },
    ]

    /// The services meant: the one named, or all of the role in the order of their start.
    private static func names(_ context: CommandContext) throws -> [String] {
        let all = ServiceCatalogue.services(of: context.host.type, version: context.host.version)
        guard let name = context.arguments.text("Name"), !name.isEmpty else { return all }
        guard let found = all.first(where: { $0.lowercased() == name.lowercased() }) else {
            throw context.failure(
                "Service \"\(name)\" was not found on this computer.", target: name, hresult: 0x8007_0424)
        }
        return [found]
    }

    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let services = try context.state.services()
        return try names(context).map { name in
            .object([
                "Name": .string(name), "Status": .string((services[name] ?? .stopped).rawValue),
                "ActivityLevel": .string("Active"),
            ])
        }
    }

    private static func stop(_ context: CommandContext) throws -> [CommandResult] {
        var chosen = try names(context)
        if context.arguments.flag("LeaveClsAgentRunning") { chosen.removeAll { $0 == "RTCCLSAGT" } }
        if context.arguments.flag("LeaveWebServerRunning") { chosen.removeAll { $0 == "W3SVC" } }
        try context.state.stop(chosen)
        return []
    }
}
