package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads an inventory: YAML into the words of the model, or all its mistakes in one go.
package enum InventoryFile {
    /// Reads a file of the disk.
    ///
    /// Relative paths in it belong to the project folder: the parent of the folder `inventory` when the file lies in
    /// one, else the folder of the file. Nothing that the inventory names is opened.
    ///
    /// - Parameter path: As the user gave it; messages show it like that.
    /// - Throws: ``Diagnostics`` with every mistake, in the order of the file.
    package static func read(path: String) throws(Diagnostics) -> Inventory {
        let environment = ProcessInfo.processInfo.environment
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        let document = try YAMLDocument.read(path: absolute, name: path)
        return try inventory(document, file: path, folder: projectFolder(of: absolute), home: environment["HOME"])
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - file: The name that messages show.
    ///   - folder: The project folder, absolute.
    ///   - home: What `~` stands for; without one a path with `~` is a mistake.
    /// - Throws: As ``read(path:)``.
    package static func parse(
        text: String, file: String, folder: String, home: String? = nil
    ) throws(Diagnostics) -> Inventory {
        try inventory(YAMLDocument.parse(text: text, file: file), file: file, folder: folder, home: home)
    }

    /// The project folder of an inventory file.
    ///
    /// - Parameter path: Absolute.
    package static func projectFolder(of path: String) -> String {
        var parts = ProjectPaths.tidy(path).split(separator: "/").dropLast()
        if parts.last == "inventory" { parts = parts.dropLast() }
        return "/" + parts.joined(separator: "/")
    }

    private static func inventory(
        _ document: YAMLDocument, file: String, folder: String, home: String?
    ) throws(Diagnostics) -> Inventory {
        let paths = ProjectPaths(folder: folder, home: home)
        return try InventoryReader(document, file: file, paths: paths).inventory()
    }
}
