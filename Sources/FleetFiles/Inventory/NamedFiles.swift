package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that an inventory names and that has to be there before a run.
package struct NamedFile: Sendable, Equatable {
    /// The key it stands under: `key`, `chain`, `path`, ….
    package var what: String
    /// Absolute.
    package var path: String
    package var place: SourcePlace
    /// Whether it is a private key to sign in to servers with.
    package var isSignInKey: Bool
}

extension InventoryFile {
    /// The files that an inventory names: keys to sign in with, certificates and keys of authorities, secrets. Each path
    /// once, where it stands first. Host keys' files are not among them: they are made when the first key is pinned.
    ///
    /// - Parameter path: Of an inventory that has been read without a mistake.
    /// - Throws: ``Diagnostics`` when the file cannot be read any more.
    package static func namedFiles(path: String) throws(Diagnostics) -> [NamedFile] {
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        let document = try YAMLDocument.read(path: absolute, name: path)
        let home = ProcessInfo.processInfo.environment["HOME"]
        return namedFiles(document.root, ProjectPaths(folder: projectFolder(of: absolute), home: home))
    }

    static func namedFiles(_ root: YAMLNode, _ paths: ProjectPaths) -> [NamedFile] {
        var files: [NamedFile] = []
        func add(_ node: YAMLNode?, _ what: String, isSignInKey: Bool = false) {
            guard let node, let text = node.text, case .success(let path) = paths.resolve(text),
                !files.contains(where: { $0.path == path })
            else { return }
            files.append(NamedFile(what: what, path: path, place: node.place, isSignInKey: isSignInKey))
        }
        func addKeys(below node: YAMLNode) {
            for entry in node.entries ?? [] {
                if entry.name == "ssh" { add(entry.value["key"], "key", isSignInKey: true) }
                addKeys(below: entry.value)
            }
            for item in node.items ?? [] { addKeys(below: item) }
        }
        for secret in root["secrets"]?.entries ?? [] where secret.value["from"]?.text == "file" {
            add(secret.value["path"], "path")
        }
        for authority in root["authorities"]?.entries ?? [] {
            if authority.value["kind"]?.text == "local" {
                for key in ["certificate", "key"] { add(authority.value[key], key) }
            }
            let chain = authority.value["chain"]
            for node in chain?.items ?? [chain].compactMap({ $0 }) { add(node, "chain") }
        }
        for bastion in root["bastions"]?.entries ?? [] { add(bastion.value["key"], "key", isSignInKey: true) }
        for key in ["defaults", "sites"] { root[key].map(addKeys) }
        return files.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    }
}
