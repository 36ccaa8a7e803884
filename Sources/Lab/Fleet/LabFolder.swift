import Glibc

/// Where everything of a lab lies.
struct LabFolder: Sendable {
    /// Absolute, without symbolic links, so that whoever names it otherwise finds the same daemon.
    let path: String

    /// - Throws: ``LabError`` `folder` when there is no such folder, or its name could not stand in the configuration
    ///   of an SSH server.
    init(existing path: String) throws {
        guard let resolved = realpath(path, nil) else {
            throw LabError(.folder, "there is no folder \(path)", number: errno)
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        // sshd's configuration knows quotes, but nothing that would stand for one inside them.
        let unfit = self.path.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        guard !unfit else {
            throw LabError(
                .folder, "the folder's name holds a quote, a backslash or a control character: \(self.path)",
                hint: "choose a folder with a plainer name")
        }
    }

    var record: String { "\(path)/lab.json" }
    var log: String { "\(path)/lab.log" }
    var pid: String { "\(path)/lab.pid" }
    /// Held by the daemon as long as it lives.
    var lock: String { "\(path)/lab.lock" }
    var inventory: String { "\(path)/inventory/fleet.yml" }
    var knownHosts: String { "\(path)/known_hosts" }
    var clientKey: String { "\(path)/keys/client" }
    var authorizedKeys: String { "\(path)/keys/authorized_keys" }
    var root: String { "\(path)/ca/root" }

    func authority(_ name: String) -> String { "\(path)/ca/\(name)" }
    func issued(_ authority: String) -> String { "\(path)/ca/\(authority)/issued" }
    func outbox(_ authority: String) -> String { "\(path)/drop/\(authority)/outbox" }
    func inbox(_ authority: String) -> String { "\(path)/drop/\(authority)/inbox" }
    func host(_ name: String) -> String { "\(path)/hosts/\(name)" }
    func hostKey(_ name: String) -> String { "\(path)/hosts/\(name)/ssh_host_ed25519_key" }
    func sshdConfiguration(_ name: String) -> String { "\(path)/hosts/\(name)/sshd_config" }
    func sshdLog(_ name: String) -> String { "\(path)/hosts/\(name)/sshd.log" }

    func state(_ host: String) -> HostState { HostState(folder: self.host(host)) }

    /// Makes a folder and those above it.
    static func make(_ path: String, mode: mode_t = 0o755) throws {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            var entry = stat()
            if stat(made, &entry) == 0 && entry.st_mode & S_IFMT == S_IFDIR { continue }
            guard mkdir(made, mode) == 0 || errno == EEXIST else {
                throw LabError(
                    .folder, "cannot make \(made): \(String(cString: strerror(errno)))", number: errno)
            }
        }
    }
}
