/// The files of `templates/`, as they were when the program was built.
package enum Templates {
    /// The text of one file by its path below `templates/`, for instance `agent.ps1`.
    package static func text(_ path: String) -> String? {
        EmbeddedFiles.all[path]
    }

    /// The text of one of the inventories that come with the program, for instance `example.yml`.
    package static func inventory(_ name: String) -> String? {
        EmbeddedFiles.all["../inventory/\(name)"]
    }

    /// The paths of all files below a folder, sorted.
    package static func paths(below folder: String) -> [String] {
        EmbeddedFiles.all.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
    }
}
