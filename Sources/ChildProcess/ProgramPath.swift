import Glibc

extension ChildCommand {
    /// The file to run: the program itself when it holds a slash, else the first executable file of that name in `PATH`.
    ///
    /// The child's `PATH` decides, not this process's: `posix_spawnp` would do it the other way round.
    func executablePath() throws -> String {
        if program.contains("/") {
            guard Self.isExecutable(program) else { throw missing("no executable file there") }
            return program
        }
        let folders = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in folders.split(separator: ":") where folder.hasPrefix("/") && !program.isEmpty {
            let path = "\(folder)/\(program)"
            if Self.isExecutable(path) { return path }
        }
        throw missing("no such program in \(folders)")
    }

    private func missing(_ message: String) -> ChildProcessError { ChildProcessError(.notFound, program, message) }

    private static func isExecutable(_ path: String) -> Bool {
        var entry = stat()
        return stat(path, &entry) == 0 && entry.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
