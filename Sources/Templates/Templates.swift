/// The files of `templates/`, as they were when the program was built.
package enum Templates {
    /// The text of one file by its path below `templates/`, for instance `agent.ps1`.
    package static func text(_ path: String) -> String? {
        EmbeddedFiles.all[path]
    }

    /// The paths of all files below a folder, sorted.
    package static func paths(below folder: String) -> [String] {
        EmbeddedFiles.all.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
    }
}
