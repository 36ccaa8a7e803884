import ChildProcess
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// A server with its host keys pinned and one key that is let in.
struct SSHFixture {
    let server: LoopbackSSHServer
    let key: String
    let worker: SSHWorker

    init(options: [String] = [], hostKeyTypes: [String] = ["ed25519", "ecdsa"]) async throws {
        server = try await LoopbackSSHServer(hostKeyTypes: hostKeyTypes, options: options)
        key = try await server.makeClientKey("client")
        worker = try kept(SSHWorker(label: "test", admission: OpenWorkers.openDoor()))
    }

    static let quick = SSHDeadlines(
        connect: .seconds(15), handshake: .seconds(30), signIn: .seconds(30), channel: .seconds(30), close: .seconds(5))

    func connect(
        knownHosts: String? = nil, authentication: [SSHAuthentication]? = nil, host: String = "127.0.0.1",
        deadlines: SSHDeadlines = quick
    ) async throws -> SSHSession {
        try await Self.connect(
            port: server.port, user: server.user, host: host,
            knownHosts: knownHosts ?? server.knownHostsLine(), authentication: authentication ?? [.key(path: key)],
            deadlines: deadlines, on: worker)
    }

    /// Signs in through another session, or directly.
    func session(through line: SSHSession?) async throws -> SSHSession {
        guard let line else { return try await connect() }
        return try await SSHClient.connect(
            to: SSHEndpoint(host: "127.0.0.1", port: server.port, user: server.user), through: line,
            hostKeys: HostKeyPolicy(text: server.knownHostsLine(), file: "known_hosts"),
            authentication: [.key(path: key)], deadlines: Self.quick)
    }

    static func connect(
        port: UInt16, user: String = "nobody", host: String = "127.0.0.1", knownHosts: String = "",
        authentication: [SSHAuthentication] = [], deadlines: SSHDeadlines = quick, on worker: SSHWorker
    ) async throws -> SSHSession {
        try await SSHClient.connect(
            to: SSHEndpoint(host: host, port: port, user: user),
            addresses: try await SSHAddress.resolve("127.0.0.1", port: port),
            hostKeys: HostKeyPolicy(text: knownHosts, file: "known_hosts"), authentication: authentication,
            deadlines: deadlines, on: worker)
    }
}

/// Workers of tests stay to the end: libdispatch on Linux does not bear sources that come and go on many threads at once
/// (``DescriptorWatch``), and a program has a few workers for all its life.
private let workers = Mutex<[SSHWorker]>([])

func kept(_ worker: SSHWorker) -> SSHWorker {
    workers.withLock { $0.append(worker) }
    return worker
}

/// What a command left behind.
struct Ended: Equatable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var status: Int32?

    var text: String { String(decoding: output, as: UTF8.self) }
}

extension SSHSession {
    /// Runs a command to its end.
    nonisolated func run(_ command: String, input: [UInt8] = []) async throws -> Ended {
        let channel = try await openExec(command)
        async let written: Void = {
            try await channel.write(input)
            try await channel.closeInput()
        }()
        var ended = try await channel.readToEnd()
        try await written
        ended.status = await channel.close()?.status
        return ended
    }
}

extension SSHChannel {
    func readToEnd() async throws -> Ended {
        var ended = Ended()
        while true {
            switch try await read() {
            case .output(let bytes): ended.output += bytes
            case .errors(let bytes): ended.errors += bytes
            case .end: return ended
            }
        }
    }
}
