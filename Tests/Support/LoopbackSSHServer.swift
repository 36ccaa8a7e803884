import CLinux
import ChildProcess
import Foundation
import Synchronization

/// A real OpenSSH server on 127.0.0.1: one `sshd -i` for each connection, on a port that the kernel picked.
///
/// It runs as whoever runs the tests and lets that user in with the keys made by ``makeClientKey(_:type:passphrase:)``.
package final class LoopbackSSHServer: Sendable {
    /// Keys, configuration and log.
    package let folder: TemporaryFolder
    /// The account that can sign in: the one that runs the tests.
    package let user: String
    private let listener: LoopbackListener
    private let children: Children

    /// The port to connect to.
    package var port: UInt16 { listener.port }

    private final class Children: Sendable {
        let all = Mutex<[RunningChild]>([])
    }

    /// - Parameters:
    ///   - hostKeyTypes: The types of host keys it has (`ed25519`, `ecdsa`, `rsa`).
    ///   - options: Further lines of its configuration; they go before its own, so they win.
    ///   - preamble: What it says before its version.
    package init(
        hostKeyTypes: [String] = ["ed25519", "ecdsa"], options: [String] = [], preamble: String = ""
    ) async throws {
        _ = ProcessEnd.isPlain
        let folder = try TemporaryFolder()
        self.folder = folder
        user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
        // sshd insists on this folder when it is root.
        if getuid() == 0 { mkdir("/run/sshd", 0o755) }
        for type in hostKeyTypes { try await Self.makeKey(folder["host_\(type)"], type: type, passphrase: "") }
        try folder.write("", to: "authorized_keys")
        let own = [
            "AuthorizedKeysFile \(folder["authorized_keys"])", "StrictModes no", "UsePAM no", "PidFile none",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
            // Otherwise Debian's bash reads ~/.bashrc, for it takes the session for a login by rshd.
            "SetEnv SHLVL=2", "LogLevel VERBOSE",
        ]
        let lines = options + hostKeyTypes.map { "HostKey \(folder["host_\($0)"])" } + own
        let config = try folder.write(lines.joined(separator: "\n") + "\n", to: "sshd_config")
        let children = Children()
        self.children = children
        listener = try LoopbackListener { connection in
            defer { close(connection) }
            if !preamble.isEmpty { _ = send(connection, preamble, preamble.utf8.count, Int32(MSG_NOSIGNAL)) }
            let command = ChildCommand(
                "/usr/sbin/sshd", ["-i", "-f", config, "-E", folder["log"]], environment: ["PATH": "/usr/bin:/bin"],
                input: .descriptor(connection), output: .descriptor(connection), errors: .discarded)
            guard let child = try? RunningChild.start(command) else { return }
            children.all.withLock { $0.append(child) }
        }
    }

    deinit { killConnections() }

    /// How many connections it has had.
    package var connectionCount: Int { children.all.withLock { $0.count } }

    /// Waits until the servers of all connections so far have ended.
    ///
    /// - Throws: ``WaitedInVain`` when one of them has not, in this time or before the test is cancelled. They are killed then.
    package func connectionsEnded(within limit: Duration = .seconds(60)) async throws {
        let all = children.all.withLock { $0 }
        let hasEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for child in all { _ = await child.wait() }
                return true
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            let isFirst = await group.next() ?? false
            // Whoever waits for a process does not heed a cancellation.
            if !isFirst { killConnections() }
            group.cancelAll()
            return isFirst
        }
        guard hasEnded else { throw WaitedInVain("the end of all connections to a server (\(all.count))", limit) }
    }

    /// Ends the servers of all connections without a goodbye; new connections are still served.
    package func killConnections() {
        for child in children.all.withLock({ $0 }) {
            guard Self.isOurs(child.pid) else { continue }
            // Stopped first: it would see the end of its command, and still say so in good order. Then those below it, for
            // started by an ordinary user it is one of them that speaks, and outlives the one that we started.
            kill(child.pid, SIGSTOP)
            for pid in Self.children(of: child.pid) { kill(pid, SIGKILL) }
            child.kill()
        }
    }

    /// A number that was given to somebody else has another parent.
    private static func isOurs(_ pid: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        return status.contains("\nPPid:\t\(getpid())\n")
    }

    private static func children(of pid: pid_t) -> [pid_t] {
        let list = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        return list.split(separator: " ").compactMap { pid_t($0) }
    }

    /// Stops the servers of all connections where they stand, as a machine that hangs does.
    package func freezeConnections() {
        for child in children.all.withLock({ $0 }) { kill(child.pid, SIGSTOP) }
    }

    /// Lets them go on.
    package func thawConnections() {
        for child in children.all.withLock({ $0 }) { kill(child.pid, SIGCONT) }
    }

    /// Stops listening; connections that stand go on.
    package func stopListening() { listener.stop() }

    /// Makes a key pair that is let in, and returns the path of the private key.
    package func makeClientKey(_ name: String, type: String = "ed25519", passphrase: String = "") async throws -> String
    {
        try await Self.makeKey(folder[name], type: type, passphrase: passphrase)
        let known = try folder.read("authorized_keys")
        try folder.write(known + (try folder.read("\(name).pub")), to: "authorized_keys")
        return folder[name]
    }

    /// A known_hosts line for one of its host keys, under the name the server has there.
    package func knownHostsLine(type: String = "ed25519", host: String = "127.0.0.1") throws -> String {
        let key = try folder.read("host_\(type).pub").split(separator: " ").prefix(2).joined(separator: " ")
        return "[\(host)]:\(port) \(key)\n"
    }

    /// What it has logged so far.
    package var log: String { (try? folder.read("log")) ?? "" }

    private static func makeKey(_ path: String, type: String, passphrase: String) async throws {
        let command = ChildCommand(
            "/usr/bin/ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "test", "-f", path],
            environment: ["PATH": "/usr/bin:/bin"])
        let result = try await command.run()
        guard result.ending.isSuccess else { throw ServerProblem(text: result.errors.text + result.output.text) }
    }

    private struct ServerProblem: Error { let text: String }
}
