import Dispatch
import FoundationEssentials
import Glibc

/// The lab at work: a port per host with a real SSH server behind it, and real TLS on the ports of its role.
package final class LabServer: Sendable {
    let folder: LabFolder
    private let ssh: [String: Door]
    private let tls: [Door]
    private let sessions: Sessions
    private let lock: FileLock
    private let log: @Sendable (String) -> Void

    /// Opens all ports. Those that the lab had before are taken again; the first time the kernel picks them, and
    /// `lab.json`, `known_hosts` and each host's `host.json` learn of them.
    ///
    /// - Parameters:
    ///   - path: A folder made by ``LabFleet``.
    ///   - program: Absolute path of this program, started as `lab host FOLDER NAME` for each command over SSH.
    ///   - log: One line each; called from any thread.
    /// - Throws: ``LabError``: `folder`, `portTaken` with the port, `daemon` when the lab is up already.
    package static func start(
        folder path: String, program: String, log: @escaping @Sendable (String) -> Void
    ) throws -> LabServer {
        let folder = try LabFolder(existing: path)
        var record = try LabRecord.read(folder)
        guard let lock = try FileLock.take(folder.lock) else {
            throw LabError(
                .daemon, "the lab in \(folder.path) is up already", hint: "certfleet lab down \(folder.path)")
        }
        try Sessions.checkServer()
        raiseDescriptorLimit()
        return try LabServer(folder: folder, record: &record, program: program, lock: lock, log: log)
    }

    private init(
        folder: LabFolder, record: inout LabRecord, program: String, lock: FileLock,
        log: @escaping @Sendable (String) -> Void
    ) throws {
        let sessions = Sessions(folder: folder, log: log)
        let queue = DispatchQueue(label: "certfleet.lab.doors")
        var ssh: [String: Door] = [:]
        var tls: [Door] = []
        for index in record.hosts.indices {
            let host = record.hosts[index]
            let door = try Door(port: host.port, for: "\(host.name) (SSH)", on: queue) {
                sessions.serve($0, host: host.name)
            }
            ssh[host.name] = door
            record.hosts[index].port = door.port
            let answer = TLSAnswer(state: folder.state(host.name), type: host.type, log: log)
            for (place, entry) in host.tls.enumerated() {
                let what = "\(host.name) (\(entry.usage), for \(entry.standard))"
                let door = try Door(port: entry.port, for: what, on: queue) {
                    answer.serve($0, usage: entry.usage)
                }
                tls.append(door)
                record.hosts[index].tls[place].port = door.port
            }
        }
        for authority in record.authorities {
            guard var site = try? WebSiteRecord.read(authority.name, in: folder), site.online == nil else { continue }
            let server = try EnrollmentServer(folder: folder, authority: authority.name, log: log)
            let door = try Door(port: site.port, for: "\(authority.name) (web pages)", on: queue) { server.serve($0) }
            tls.append(door)
            site.port = door.port
            try site.write(authority.name, in: folder)
        }
        self.folder = folder
        self.ssh = ssh
        self.tls = tls
        self.sessions = sessions
        self.lock = lock
        self.log = log
        try Self.writeDown(record, in: folder, program: program)
        for door in tls { try door.open() }
        for (name, door) in ssh where try !refuses(name) { try door.open() }
    }

    /// Opens and shuts the hosts' SSH ports as their faults say (`refused`: nothing listens).
    ///
    /// - Throws: ``LabError`` `portTaken` when another program took a port meanwhile.
    package func reload() async throws {
        for (name, door) in ssh {
            let refused = try refuses(name)
            if refused && door.isOpen { try await door.shut(hold: true) }
            if !refused { try door.open() }
        }
    }

    /// Shuts all ports and ends the SSH servers that still run.
    package func stop() async {
        for door in Array(ssh.values) + tls { try? await door.shut(hold: false) }
        await sessions.end()
        lock.release()
    }

    private func refuses(_ host: String) throws -> Bool {
        try folder.state(host).faults.all().contains { $0.fault == .refused }
    }

    private static func writeDown(_ record: LabRecord, in folder: LabFolder, program: String) throws {
        try record.write(folder)
        var known = ""
        for host in record.hosts {
            known += "[127.0.0.1]:\(host.port ?? 0) \(host.hostKey)\n"
            let state = folder.state(host.name)
            var identity = try state.identity()
            identity.ports = host.mappings
            try state.setIdentity(identity)
            let configuration = SSHDConfiguration(folder: folder, host: host.name, program: program)
            try StateFile.write(Data(configuration.text.utf8), to: folder.sshdConfiguration(host.name))
        }
        try StateFile.write(Data(known.utf8), to: folder.knownHosts)
    }

    /// Some sixty ports, and four descriptors per session while it starts.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
