import ChildProcess
import Dispatch
import Glibc
import Synchronization

/// The SSH servers that serve one connection each.
final class Sessions: Sendable {
    private struct State {
        var next = 0
        var running: [Int: RunningChild] = [:]
    }

    private let folder: LabFolder
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(folder: LabFolder, log: @escaping @Sendable (String) -> Void) {
        self.folder = folder
        self.log = log
    }

    /// Hands an accepted connection to an SSH server of the host's; ours is closed in any case.
    func serve(_ connection: Int32, host: String) {
        defer { close(connection) }
        let command = ChildCommand(
            Self.server, ["-i", "-f", folder.sshdConfiguration(host), "-E", folder.sshdLog(host)],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"], folder: "/",
            input: .descriptor(connection), output: .descriptor(connection), errors: .appended(path: folder.log))
        do {
            let child = try RunningChild.start(command)
            let id = state.withLock { state in
                state.next += 1
                state.running[state.next] = child
                return state.next
            }
            Task {
                _ = await child.wait()
                state.withLock { _ = $0.running.removeValue(forKey: id) }
            }
        } catch {
            log("\(host): \(error)")
        }
    }

    /// Ends all that still run, and waits for their end.
    func end() async {
        let children = state.withLock { Array($0.running.values) }
        for child in children {
            child.terminate()
            DispatchQueue.global().asyncAfter(deadline: .now() + 2) { child.kill() }
        }
        for child in children { _ = await child.wait() }
    }

    /// sshd starts itself again and so wants its own path in full.
    static let server = "/usr/sbin/sshd"

    /// What the system must have before a session can start.
    ///
    /// - Throws: ``LabError`` `system`, with the package to install.
    static func checkServer() throws {
        guard access(server, X_OK) == 0 else {
            throw LabError(
                .system, "there is no \(server), which plays the hosts' SSH servers",
                hint: "apt-get install openssh-server", number: errno)
        }
        // As root, sshd locks its unprivileged half into this folder; a system service would have made it.
        if geteuid() == 0 { try LabFolder.make("/run/sshd") }
    }
}
