import FleetModel

/// What the agent's functions say of the server itself.
enum FactCommands {
    static let table: [String: Command] = [
        "Get-HostFact": { facts($0) },
        "Get-ServiceFact": { try services($0) },
        "Get-EventSince": { _ in [] },
        "Invoke-Native": { try native($0) },
    ]

    private static func facts(_ context: CommandContext) -> [CommandResult] {
        let host = context.host
        let domain = host.fqdn.split(separator: ".", maxSplits: 1).last.map(String.init) ?? ""
        let module = host.version.module(for: host.type)
        let modules = if case .module(let name) = module { [name] } else { [String]() }
        return [
            .object([
                "Fqdn": .string(host.fqdn), "Os": .string("10.0.17763.0"), "PowerShell": .string(host.powerShell),
                "NetRelease": .int(528_049), "Bits": .int(64), "LanguageMode": .string("FullLanguage"),
                "Utc": .date(context.now), "UiCulture": .string("en-US"), "OemCodePage": .int(437),
                "Account": .string("CORP\\certfleet"), "Authentication": .string("Kerberos"),
                "Sids": .texts(["S-1-5-32-544"]), "Elevated": .bool(true), "BootUtc": .null,
                "Domain": .string(domain), "FipsMode": .bool(false), "RebootPending": .bool(false),
                "Modules": .texts(modules), "Exchange": .texts(exchange(host)), "Unknown": .object([:]),
            ])
        ]
    }

    private static func exchange(_ host: HostIdentity) -> [String] {
        guard host.type.isExchange else { return [] }
        switch host.version {
        case .v2007sp1: return ["v8.0"]
        case .v2010: return ["v14"]
        default: return ["v15"]
        }
    }

    private static func services(_ context: CommandContext) throws -> [CommandResult] {
        let known = try context.state.services()
        return (context.arguments.list("Name") ?? []).map { name in
            let found = known.first { $0.key.lowercased() == name.lowercased() }
            return .object([
                "Name": .string(found?.key ?? name), "State": .string(found?.value.rawValue ?? "Absent"),
                "StartMode": found == nil ? .null : .string("Auto"),
                "ProcessId": found.map { .int($0.value == .running ? 4_000 : 0) } ?? .null, "StartedUtc": .null,
            ])
        }
    }

    private static func native(_ context: CommandContext) throws -> [CommandResult] {
        let program = try context.required("Program")
        throw CommandFailure.ours(
            "ProgramNotStarted", "\(program) does not start: the lab has no programs of Windows", target: program,
            hresult: WindowsError.fileNotFound)
    }
}
