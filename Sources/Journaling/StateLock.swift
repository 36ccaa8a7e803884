import Glibc

/// The right to write to a state folder: an exclusive `flock` on the file `lock` in it.
///
/// The kernel gives it back however the process ends, so a crash never blocks the resume. Readers take none.
package final class StateLock: Sendable {
    /// The state folder, as it was given.
    package let folder: String
    private let descriptor: Int32

    /// Makes the folder (0700) when it is not there, and takes the lock at once or not at all.
    ///
    /// - Parameter command: Written into the file with our process id, for whoever comes second.
    /// - Throws: ``JournalError`` `locked`, naming the holder, or `noFolder`.
    package init(folder: String, command: String) throws(JournalError) {
        try StateFolder.make(folder)
        let path = "\(folder)/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StateFolder.failure("open", path, errno) }
        self.folder = folder
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            defer { close(descriptor) }
            guard number == EWOULDBLOCK else { throw StateFolder.failure("lock", path, number) }
            throw JournalError(
                .locked, "the state folder \(folder) is in use by \(Self.holder(descriptor))",
                hint: "let it end, or stop it; commands that only read work meanwhile", number: number)
        }
        do {
            try writeHolder("\(getpid()) \(command)\n")
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        // An empty file says that nobody holds it, to people who look.
        ftruncate(descriptor, 0)
        // A child that is just being started shares the open file until it runs its program, and the lock is the file's
        // (flock(2)): to close it here would not be enough.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private func writeHolder(_ text: String) throws(JournalError) {
        let bytes = Array(text.utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw StateFolder.failure("write", "\(folder)/lock", errno)
        }
    }

    /// `process 4711 (rollout fe-lyon)`; less when the file does not say it yet.
    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return "another certfleet" }
        let line = String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0 != "\n" }
        let parts = line.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let pid = Int32(first) else { return "another certfleet" }
        let command = parts.count > 1 ? parts[1].filter { !$0.unicodeScalars.contains { $0.value < 0x20 } } : ""
        return "process \(pid)" + (command.isEmpty ? "" : " (\(command))")
    }
}
