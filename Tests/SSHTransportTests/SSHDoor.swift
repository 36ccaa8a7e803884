import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The two ways to a command on a host.
enum SSHDoor: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case library, program

    var testDescription: String { rawValue }

    /// What a test may want different.
    struct Wish: Sendable {
        var host = "127.0.0.1"
        var port: UInt16?
        var key: String?
        var knownHosts: String?
        var user: String?
        var deadlines = SSHFixture.quick
        /// Lines of an ssh configuration, for the program only.
        var configuration: String?
        var program = "ssh"
    }

    /// Runs a command on the fixture's server, by this door.
    func open(_ command: String, on fixture: SSHFixture, _ wish: Wish = Wish()) async throws -> OpenDoor {
        let pins = try wish.knownHosts ?? fixture.server.knownHostsLine()
        let port = wish.port ?? fixture.server.port
        let endpoint = SSHEndpoint(host: wish.host, port: port, user: wish.user ?? fixture.server.user)
        let key = wish.key ?? fixture.key
        switch self {
        case .library:
            let session = try await SSHClient.connect(
                to: endpoint, addresses: try await SSHAddress.resolve(wish.host, port: port),
                hostKeys: HostKeyPolicy(text: pins, file: "known_hosts"), authentication: [.key(path: key)],
                deadlines: wish.deadlines, on: fixture.worker)
            do {
                return OpenDoor(command: try await session.openExec(command), session: session)
            } catch {
                await session.close()
                throw error
            }
        case .program:
            let hop = SSHProgram.Hop(
                endpoint, knownHosts: [try fixture.server.folder.write(pins, to: "pins-\(UUID().uuidString)")],
                keys: [.file(key)], deadlines: wish.deadlines)
            let command = try await Self.program(fixture, wish).run(command, on: hop, worker: fixture.worker)
            return OpenDoor(command: command, session: nil)
        }
    }

    /// Runs a command on the fixture's server, so many times at once, each as on a host of its own behind the bastions.
    ///
    /// - Parameter bastions: The one that is reached directly first.
    func run(_ command: String, times: Int, on fixture: SSHFixture, through bastions: [SSHFixture], input: [UInt8])
        async throws -> [Ended]
    {
        let open: @Sendable () async throws -> OpenDoor
        let close: @Sendable () async -> Void
        switch self {
        case .library:
            var line: SSHSession?
            for bastion in bastions { line = try await bastion.session(through: line) }
            let last = line
            open = {
                let session = try await fixture.session(through: last)
                return OpenDoor(command: try await session.openExec(command), session: session)
            }
            close = { await last?.close() }
        case .program:
            let program = try Self.program(fixture)
            let (host, way) = (try fixture.hop(), try bastions.map { try $0.hop() })
            open = {
                OpenDoor(
                    command: try await program.run(command, on: host, through: way, worker: fixture.worker),
                    session: nil)
            }
            close = { await program.close() }
        }
        let ended = try await withThrowingTaskGroup(of: Ended.self) { group in
            for _ in 0..<times { group.addTask { try await open().run(input: input) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        await close()
        return ended
    }

    static func program(_ fixture: SSHFixture, _ wish: Wish = Wish()) throws -> SSHProgram {
        let configuration = try wish.configuration.map {
            try fixture.server.folder.write($0, to: "config-\(UUID().uuidString)")
        }
        return SSHProgram(
            program: wish.program, environment: ["PATH": "/usr/bin:/bin", "HOME": fixture.server.folder.path],
            configuration: configuration ?? "none")
    }
}

/// A command that was opened, and the session that it belongs to where there is one.
struct OpenDoor: Sendable {
    let command: any SSHCommand
    let session: SSHSession?

    func close() async {
        await command.close()
        await session?.close()
    }

    func readToEnd() async throws -> Ended {
        var ended = Ended()
        while true {
            switch try await command.read() {
            case .output(let bytes): ended.output += bytes
            case .errors(let bytes): ended.errors += bytes
            case .end: return ended
            }
        }
    }

    /// Feeds it, reads it to its end and closes.
    func run(input: [UInt8] = []) async throws -> Ended {
        async let written: Void = {
            try await command.write(input)
            try await command.closeInput()
        }()
        var ended = try await readToEnd()
        try await written
        ended.status = await command.close()?.status
        await session?.close()
        return ended
    }
}
