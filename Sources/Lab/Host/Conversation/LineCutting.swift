import Glibc

/// Cuts the line of this agent as a broken network would: the SSH servers between it and the lab are killed.
enum LineCutting {
    /// Kills them, the outermost first.
    ///
    /// - Returns: `false` when there is none, or when what stands behind them is not the lab: then nothing is touched.
    static func cut() -> Bool {
        let servers = servers(from: getppid(), process: process, isLab: isLab)
        for pid in servers.reversed() { kill(pid, SIGKILL) }
        return !servers.isEmpty
    }

    struct Process {
        var name: String
        var parent: Int32
    }

    /// The SSH servers on the way up. Only they and login shells are passed; the first other process must be the lab,
    /// so that a person's own SSH session is never cut.
    static func servers(from pid: Int32, process: (Int32) -> Process?, isLab: (Int32) -> Bool) -> [Int32] {
        var found: [Int32] = []
        var pid = pid
        while pid > 1, let current = process(pid) {
            if ["sshd", "sshd-session", "sshd-auth"].contains(current.name) {
                found.append(pid)
            } else if !["sh", "bash", "dash", "ash", "zsh", "ksh", "fish"].contains(current.name) {
                return isLab(pid) ? found : []
            }
            pid = current.parent
        }
        return []
    }

    /// From `/proc/<pid>/stat`: `pid (name) state parent …`; the name itself may hold anything.
    private static func process(_ pid: Int32) -> Process? {
        guard let data = try? StateFile.read("/proc/\(pid)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
            return nil
        }
        let rest = text[text.index(after: close)...].split(separator: " ")
        guard rest.count > 1, let parent = Int32(rest[1]) else { return nil }
        return Process(name: String(text[text.index(after: open)..<close]), parent: parent)
    }

    /// The lab is the same program as its hosts.
    private static func isLab(_ pid: Int32) -> Bool {
        guard let own = program("self") else { return false }
        return program(String(pid)) == own
    }

    private static func program(_ pid: String) -> String? {
        guard let path = realpath("/proc/\(pid)/exe", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
