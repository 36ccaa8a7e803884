import ChildProcess
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// An OpenSSH server that listens itself, so that what it does before it forks can be seen: `MaxStartups`.
///
/// It takes over a socket that listens already, on a port of the kernel's choice (Debian's sshd understands
/// `LISTEN_FDS`).
final class ListeningSSHServer: Sendable {
    let port: UInt16
    private let child: RunningChild

    /// - Parameter fixture: Whose configuration and keys it uses.
    init(like fixture: SSHFixture, options: [String]) throws {
        let listener: Int32
        (listener, port) = try LoopbackSocket.bound(listening: 64)
        defer { close(listener) }
        let folder = fixture.server.folder
        let script =
            "exec 3<&0 </dev/null; LISTEN_PID=$$ exec /usr/sbin/sshd -D -e -f \"$1\" \(options.map { "-o \($0)" }.joined(separator: " "))"
        child = try RunningChild.start(
            ChildCommand(
                "/bin/sh", ["-c", script, "sh", folder["sshd_config"]],
                environment: ["PATH": "/usr/bin:/bin", "LISTEN_FDS": "1"],
                input: .descriptor(listener), output: .discarded, errors: .appended(path: folder["listening.log"])))
    }

    deinit { child.terminate() }
}

/// A server that says one thing, and then hangs up or waits.
func server(saying text: String, hangsUp: Bool = true) throws -> LoopbackListener {
    try LoopbackListener { connection in
        _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        guard hangsUp else { return }
        // In good order, lest what was said be lost with a reset.
        shutdown(connection, Int32(SHUT_WR))
        DispatchQueue.global().async {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
            close(connection)
        }
    }
}

/// How much is asked of this run.
enum Effort {
    /// Whether the tests run that take minutes.
    static let isLong = ProcessInfo.processInfo.environment["CERTFLEET_STRESS"] != nil
    static let whenLong: Comment = "it takes minutes: make stress"
    /// Under a sanitizer, which keeps what was freed, memory says nothing.
    static let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
}

/// Workers whose door is wide open, so that hundreds of sessions with one server begin together.
final class OpenWorkers: Sendable {
    private let workers: [SSHWorker]
    private let turn = Atomic(0)

    init(count: Int = 2) throws {
        workers = try (0..<count).map { try kept(SSHWorker(label: "test.\($0)", admission: Self.openDoor())) }
    }

    static func openDoor() -> SSHAdmission {
        let rate = OpeningPace.Rate(perSecond: 10_000, burst: 10_000)
        return SSHAdmission(
            AdmissionQueue.Limits(openings: 10_000, openingsPerServer: 10_000),
            pace: OpeningPace.Limits(all: rate, perServer: rate))
    }

    func next() -> SSHWorker { workers[turn.wrappingAdd(1, ordering: .relaxed).oldValue % workers.count] }
}

/// A connection that has been greeted and says nothing, and so takes up the server's one place for newcomers.
final class Occupant: Sendable {
    private let descriptor: Int32

    init(of port: UInt16) throws {
        descriptor = try LoopbackSocket.connected(to: port)
        var byte: UInt8 = 0
        guard recv(descriptor, &byte, 1, 0) == 1 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }
}

/// Ends only when the task is cancelled.
func forever() async -> [UInt8] {
    let (never, end) = AsyncStream.makeStream(of: Void.self)
    for await _ in never {}
    withExtendedLifetime(end) {}
    return []
}
