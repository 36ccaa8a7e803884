import FleetModel

/// Loading the product's cmdlets.
enum ModuleCommands {
    static let table: [String: Command] = [
        "Import-Module": { try importModule($0) },
        "Add-PSSnapin": { try addSnapin($0) },
    ]

    private static func importModule(_ context: CommandContext) throws -> [CommandResult] {
        for name in context.arguments.list("Name") ?? [] {
            guard case .module(let own) = context.host.version.module(for: context.host.type),
                own.lowercased() == name.lowercased()
            else {
                throw CommandFailure(
                    "The specified module '\(name)' was not loaded because no valid module file was found in any "
                        + "module directory.",
                    id: "Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand",
                    category: "ResourceUnavailable", target: name, exception: "System.IO.FileNotFoundException",
                    hresult: WindowsError.fileNotFound)
            }
        }
        return []
    }

    private static func addSnapin(_ context: CommandContext) throws -> [CommandResult] {
        for name in context.arguments.list("Name") ?? [] {
            guard case .snapin(let own) = context.host.version.module(for: context.host.type),
                own.lowercased() == name.lowercased()
            else {
                throw CommandFailure(
                    "The Windows PowerShell snap-in '\(name)' is not installed on this computer.",
                    id: "AddPSSnapInRead,Microsoft.PowerShell.Commands.AddPSSnapinCommand",
                    category: "InvalidArgument", target: name,
                    exception: "System.Management.Automation.PSArgumentException",
                    hresult: WindowsError.invalidParameter)
            }
        }
        return []
    }
}
