import Glibc

/// The folder that holds lock and journal: nobody but its owner has business there.
enum StateFolder {
    /// Makes the folder with mode 0700, parents too, unless it is there; an existing one keeps its mode.
    static func make(_ folder: String) throws(JournalError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("make", path, errno) }
        }
        var status = stat()
        guard stat(path.isEmpty ? "/" : path, &status) == 0 else { throw failure("open", folder, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw failure("open", folder, ENOTDIR) }
    }

    /// Makes an empty file of mode 0600 unless it is there.
    static func makeFile(_ path: String) throws(JournalError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("open", path, errno) }
        close(descriptor)
    }

    /// True when something is there, whatever it is.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func failure(_ operation: String, _ path: String, _ number: Int32) -> JournalError {
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return JournalError(
            .noFolder, "cannot \(operation) \(path): \(reason.lowercased())",
            hint: "name another state folder with --state-dir DIR", number: number)
    }
}
