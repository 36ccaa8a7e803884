import Dispatch
import FoundationEssentials
import Glibc

extension LabControl {
    /// Ends the lab's daemon and waits until it is gone; its state stays for the next time.
    ///
    /// - Returns: `false` when it was not up.
    /// - Throws: ``LabError`` `daemon` when the process of the pid file is not this lab's: it is left alone.
    @discardableResult
    package static func down(folder path: String) async throws -> Bool {
        let folder = try LabFolder(existing: path)
        _ = try LabRecord.read(folder)
        if try FileLock.isFree(folder.lock) {
            try StateFile.remove(folder.pid)
            return false
        }
        let text = String(decoding: try StateFile.read(folder.pid) ?? Data(), as: UTF8.self)
        guard let pid = Int32(text.trimmingCharacters), pid > 1, try serves(pid, folder) else {
            throw LabError(
                .daemon, "the lab is up, but the process in \(folder.pid) is not its daemon",
                hint: "look for a process 'lab serve \(folder.path)' and end it")
        }
        guard kill(pid, SIGTERM) == 0 || errno == ESRCH else {
            throw LabError(.daemon, "cannot end process \(pid)", number: errno)
        }
        // It waits two seconds for its SSH servers; after ten it is beyond waiting for. The lock says whether the
        // number still means the same process.
        let late = DispatchWorkItem {
            if let free = try? FileLock.isFree(folder.lock), !free { kill(pid, SIGKILL) }
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + 10, execute: late)
        defer { late.cancel() }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async {
                continuation.resume(with: Result { _ = try FileLock.take(folder.lock, waits: true) })
            }
        }
        return true
    }

    /// Whether the process was started as this lab's daemon.
    private static func serves(_ pid: Int32, _ folder: LabFolder) throws -> Bool {
        let line = try StateFile.read("/proc/\(pid)/cmdline") ?? Data()
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return Array(words.suffix(3)) == ["lab", "serve", folder.path]
    }
}

extension String {
    fileprivate var trimmingCharacters: String { filter { !$0.isWhitespace } }
}
