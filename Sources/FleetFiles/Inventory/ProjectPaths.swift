/// Paths of the inventory, which belong to the project folder.
struct ProjectPaths {
    /// Absolute.
    let folder: String
    /// What `~` stands for; `nil` when the environment names none.
    let home: String?

    init(folder: String, home: String?) {
        self.folder = Self.tidy(folder)
        self.home = home.map(Self.tidy)
    }

    /// The absolute path, or why there is none.
    func resolve(_ path: String) -> Result<String, PathObjection> {
        if path.hasPrefix("/") { return .success(Self.tidy(path)) }
        guard path.hasPrefix("~") else { return .success(Self.tidy("\(folder)/\(path)")) }
        guard path == "~" || path.hasPrefix("~/") else {
            return .failure(PathObjection(reason: "only one's own home folder can be written with `~`"))
        }
        guard let home else { return .failure(PathObjection(reason: "`~` needs HOME in the environment")) }
        return .success(Self.tidy("\(home)/\(path.dropFirst())"))
    }

    /// The path as the inventory writes it: relative when it lies in the project folder.
    static func relative(_ path: String, to folder: String) -> String {
        let prefix = tidy(folder) == "/" ? "/" : tidy(folder) + "/"
        let path = tidy(path)
        guard path.hasPrefix(prefix), path.count > prefix.count else { return path }
        let rest = String(path.dropFirst(prefix.count))
        return rest.hasPrefix("~") ? "./\(rest)" : rest
    }

    /// Without doubled slashes and single dots. `..` stays: what it means depends on links.
    static func tidy(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}

/// Why a path cannot be resolved.
struct PathObjection: Error {
    var reason: String
}
