import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// Many bytes, few bytes at a time, and nobody who takes them.
@Suite(.timeLimit(.minutes(2))) struct BytesTests {
    /// The same 64 KiB over and over, so that each place of the whole can be told.
    private static let block = (0..<65536).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }

    /// Reads to the end and compares, keeping nothing.
    private func check(_ channel: SSHChannel, output: Int, errors: Int) async throws -> Bool {
        var (out, err, isRight) = (0, 0, true)
        while true {
            switch try await channel.read() {
            case .output(let bytes):
                // Both are at most 32 KiB: two pieces of the block at most.
                let place = out % Self.block.count
                let piece = Self.block[place...].prefix(bytes.count)
                isRight =
                    isRight && bytes.starts(with: piece)
                    && bytes.dropFirst(piece.count).elementsEqual(
                        Self.block.prefix(bytes.count - piece.count))
                out += bytes.count
            case .errors(let bytes):
                err += bytes.count
            case .end:
                return isRight && out == output && err == errors
            }
        }
    }

    @Test func `sixteen megabytes go both ways while eight of errors arrive, in level memory`() async throws {
        await #expect(processExitsWith: .success) {
            let fixture = try await SSHFixture()
            let session = try await fixture.connect()
            _ = try await session.run("true")
            let before = Process.residentBytes
            let channel = try await session.openExec("head -c 8388608 /dev/zero >&2 & cat; wait")
            async let written: Void = {
                for _ in 0..<256 { try await channel.write(Self.block) }
                try await channel.closeInput()
            }()
            let isRight = try await BytesTests().check(channel, output: 16 << 20, errors: 8 << 20)
            try await written
            precondition(isRight)
            // What may be held: 4 MiB for the reader, two windows of 2 MiB, and as much again for the allocator.
            let growth = Process.residentBytes - before
            precondition(growth < 16 << 20 || Effort.isSanitized, "\(growth) bytes more")
        }
    }

    @Test func `a window of one byte and packets of one byte lose nothing`() async throws {
        let server = try await PasswordServer()
        let session = try await SSHFixture.connect(
            port: server.port, user: "tiny", knownHosts: server.knownHosts(),
            authentication: [.password { Array("correct".utf8) }], on: kept(SSHWorker()))
        let sent = Array(Self.block.prefix(1500))
        let ended = try await session.run("echo", input: sent)
        #expect(ended.output == sent, "\(ended.output.count) of \(sent.count), errors: \(server.errors)")
        await session.close()
    }

    @Test func `a connection that carries one byte at a time works from the first to the last`() async throws {
        let fixture = try await SSHFixture()
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in .init(portion: 1) }
        let session = try await fixture.connect(through: relay)
        let sent = Array(Self.block.prefix(2000))
        let ended = try await session.run("cat; echo err >&2; exit 3", input: sent)
        #expect(ended == Ended(output: sent, errors: Array("err\n".utf8), status: 3))
        await session.close()
    }

    @Test func `a peer that stops reading holds its own writer, who can be cancelled, and nobody else`() async throws {
        let (frozen, healthy) = (try await SSHFixture(), try await SSHFixture())
        let session = try await frozen.connect()
        let channel = try await session.openExec("cat")
        try await channel.write([1])
        #expect(try await channel.read() == .output([1]))
        frozen.server.freezeConnections()
        let writing = Task { for _ in 0..<1000 { try await channel.write(Self.block) } }
        // On the same worker.
        let other = try await healthy.connected(on: frozen.worker)
        #expect(try await other.run("cat", input: Self.block).output == Self.block)
        writing.cancel()
        await #expect(throws: CancellationError.self) { try await writing.value }
        await session.close()
        await other.close()
        frozen.server.killConnections()
    }

    @Test func `a command that does not read its input can still be read and closed`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("echo begun; exec sleep 600")
        let writing = Task { for _ in 0..<1000 { try await channel.write(Self.block) } }
        #expect(try await channel.read() == .output(Array("begun\n".utf8)))
        #expect(try await session.run("echo beside").text == "beside\n")
        writing.cancel()
        await #expect(throws: CancellationError.self) { try await writing.value }
        await session.close()
        fixture.server.killConnections()
    }

    @Test func `a session sends something now and then, and a server is not asked to answer`() async throws {
        let fixture = try await SSHFixture(options: ["LogLevel DEBUG2"])
        let worker = try SSHWorker(keepalive: .milliseconds(50))
        let session = try await fixture.connected(on: worker)
        let channel = try await session.openExec("cat")
        // Each exchange gives the timer's block a turn.
        for _ in 0..<10_000 where !fixture.server.log.contains("keepalive@libssh2.org") {
            try await channel.write([7])
            #expect(try await channel.read() == .output([7]))
        }
        #expect(fixture.server.log.contains("rtype keepalive@libssh2.org want_reply 0"))
        #expect(try await session.run("echo on").text == "on\n")
        await session.close()
    }
}

/// What the system says about this process.
enum Process {
    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * Int(getpagesize())
    }

    static var openDescriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    static var threads: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0 }
}

extension SSHFixture {
    func connect(through relay: LoopbackRelay, deadlines: SSHDeadlines = quick) async throws -> SSHSession {
        try await connect(through: relay, deadlines: deadlines, on: worker)
    }

    func connect(
        through relay: LoopbackRelay, deadlines: SSHDeadlines = quick, on worker: SSHWorker
    ) async throws -> SSHSession {
        let line = try server.knownHostsLine()
            .replacingOccurrences(of: "]:\(server.port)", with: "]:\(relay.port)")
        return try await Self.connect(
            port: relay.port, user: server.user, knownHosts: line, authentication: [.key(path: key)],
            deadlines: deadlines, on: worker)
    }
}
