import FleetModel
import FoundationEssentials

/// The agent's private folders and the files in them.
enum PrivateFileCommands {
    static let table: [String: Command] = [
        "New-PrivateFolder": { try make(&$0) },
        "Get-PrivateFolder": { try list($0) },
        "Write-PrivateFile": { try write($0) },
        "Read-PrivateFile": { try read($0) },
        "Remove-PrivateFile": { try removeFile($0) },
        "Remove-PrivateFolder": { try removeFolder($0) },
    ]

    private static let largest = 512 * 1024

    static func windowsPath(_ name: String) -> String { PrivateFolders.windowsRoot + "\\" + name }

    /// The folder's name from the parameter `Folder`.
    private static func folder(_ context: CommandContext) throws -> String {
        let path = try context.required("Folder")
        guard let name = PrivateFolders.name(ofWindowsPath: path) else {
            throw CommandFailure.ours("NotOurFolder", "'\(path)' is no folder of ours", target: path)
        }
        return name
    }

    private static func plain(_ name: String) throws -> String {
        guard PrivateFolders.isPlain(name) else {
            throw CommandFailure.ours("BadFileName", "'\(name)' is no plain file name", target: name)
        }
        return name
    }

    private static func make(_ context: inout CommandContext) throws -> [CommandResult] {
        let name = try plain(
            context.arguments.text("Name") ?? UUID().uuidString.lowercased().filter { $0 != "-" })
        // A folder that is there already is what a cut run left.
        if try context.state.privateFolders.exists(name) { try context.state.privateFolders.remove(name) }
        try context.state.privateFolders.make(name)
        context.madeFolder = name
        return [.plain(.string(windowsPath(name)))]
    }

    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let folders = context.state.privateFolders
        let wanted = context.arguments.text("Name")
        return try folders.names().filter { wanted == nil || wanted?.isEmpty == true || $0 == wanted }.map { name in
            .object([
                "Name": .string(name), "Path": .string(windowsPath(name)), "Files": .texts(try folders.files(in: name)),
            ])
        }
    }

    private static func write(_ context: CommandContext) throws -> [CommandResult] {
        let folder = try folder(context)
        let name = try plain(context.required("Name"))
        let data = try context.requiredBytes("RawData")
        try needed(folder, context)
        try context.state.privateFolders.write(data, folder: folder, file: name)
        return [.plain(.string(windowsPath(folder) + "\\" + name))]
    }

    private static func read(_ context: CommandContext) throws -> [CommandResult] {
        let folder = try folder(context)
        let name = try plain(context.required("Name"))
        guard let data = try context.state.privateFolders.read(folder: folder, file: name) else {
            throw CommandFailure.ours("FileMissing", "'\(name)' was not written", target: name)
        }
        guard data.count <= largest else {
            throw CommandFailure.ours("FileTooLarge", "'\(name)' is larger than 512 KiB", target: name)
        }
        return [.object(["Name": .string(name), "RawData": .bytes(data)])]
    }

    private static func removeFile(_ context: CommandContext) throws -> [CommandResult] {
        let name = try plain(context.required("Name"))
        let removed = try context.state.privateFolders.remove(folder: try folder(context), file: name)
        return [.object(["Name": .string(name), "Removed": .bool(removed)])]
    }

    private static func removeFolder(_ context: CommandContext) throws -> [CommandResult] {
        try context.state.privateFolders.remove(try folder(context))
        return []
    }

    private static func needed(_ folder: String, _ context: CommandContext) throws {
        guard try context.state.privateFolders.exists(folder) else {
            throw CommandFailure(
                "Could not find a part of the path '\(windowsPath(folder))'.", id: "DirectoryNotFoundException",
                category: "NotSpecified", exception: "System.IO.DirectoryNotFoundException",
                hresult: WindowsError.pathNotFound)
        }
    }

    /// The bytes at a Windows path, which must lie in one of our folders: a lab host has no other disk.
    static func file(at path: String, _ context: CommandContext) throws -> Data {
        let (folder, name) = try place(path, context)
        guard let data = try context.state.privateFolders.read(folder: folder, file: name) else {
            throw context.failure(
                "Could not find file '\(path)'.", target: path, hresult: WindowsError.fileNotFound)
        }
        return data
    }

    /// Folder and file of a Windows path in one of our folders.
    static func place(_ path: String, _ context: CommandContext) throws -> (folder: String, file: String) {
        guard let slash = path.lastIndex(of: "\\"),
            let folder = PrivateFolders.name(ofWindowsPath: String(path[..<slash])),
            PrivateFolders.isPlain(String(path[path.index(after: slash)...])),
            try context.state.privateFolders.exists(folder)
        else {
            throw context.failure(
                "Could not find a part of the path '\(path)'.", target: path, hresult: WindowsError.pathNotFound)
        }
        return (folder, String(path[path.index(after: slash)...]))
    }
}
