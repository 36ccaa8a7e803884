import CLinux
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// A socket is not asked for what it is known not to have.
@Suite(.timeLimit(.minutes(1))) struct DrainedSocketTests {
    private static let again = -Int(EAGAIN)

    @Test func `a socket that gave less than there was room for has nothing more until the system tells of it`() {
        let socket = SocketReadiness(token: 0, descriptor: -1)
        #expect(!socket.isDrained)
        socket.hasRead(16384, of: 16384)
        #expect(!socket.isDrained)
        socket.hasRead(16383, of: 16384)
        #expect(socket.isDrained)
        socket.hasChanged(0)
        #expect(!socket.isDrained)
        socket.hasRead(Self.again, of: 16384)
        #expect(socket.isDrained)
    }

    @Test func `an end that came together with bytes is asked for`() {
        let socket = SocketReadiness(token: 0, descriptor: -1)
        socket.hasChanged(UInt8(LINUX_SOCKET_ENDED))
        socket.hasRead(10, of: 16384)
        #expect(!socket.isDrained)
        socket.hasRead(0, of: 16384)
        #expect(!socket.isDrained)
    }

    @Test func `a socket that is gone, or whose read failed, is asked again`() {
        let socket = SocketReadiness(token: 0, descriptor: -1)
        socket.hasRead(-Int(ECONNRESET), of: 16384)
        #expect(!socket.isDrained)
        socket.hasRead(Self.again, of: 16384)
        socket.hasChanged(UInt8(LINUX_SOCKET_GONE))
        socket.hasRead(Self.again, of: 16384)
        #expect(!socket.isDrained && socket.isGone)
    }

    /// How much the server has sent when a command has been started, and when it has been closed.
    private func traffic(of command: String, _ fixture: SSHFixture) async throws -> (start: Int, end: Int) {
        let relay = try LoopbackRelay(to: fixture.server.port)
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        let channel = try await session.openExec("read x; \(command)")
        let start = try #require(await session.bytesReceived)
        try await channel.write([10])
        _ = try await channel.readToEnd()
        await channel.close()
        let end = try #require(await session.bytesReceived)
        await session.close()
        return (start, end)
    }

    @Test func `an answer and a whole command's output in one piece are all seen`() async throws {
        let fixture = try await SSHFixture(
            options: ["Ciphers aes256-ctr", "MACs hmac-sha2-256"], hostKeyTypes: ["ed25519"])
        let command = "printf 0123456789"
        let (start, end) = try await traffic(of: command, fixture)
        // libssh2 takes the answer to the command and leaves the rest for later; the socket has nothing for later.
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in .init(together: start - 1..<end) }
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        let ended = try await session.run(command)
        #expect(ended == Ended(output: Array("0123456789".utf8), errors: [], status: 0))
        await session.close()
    }

    @Test func `a step of a command costs one read and one write of the socket`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("cat")
        try await channel.write([1])
        #expect(try await channel.read() == .output([1]))
        let before = await session.reads
        for _ in 0..<100 {
            try await channel.write([1])
            #expect(try await channel.read() == .output([1]))
        }
        // A packet may come in two pieces, now and then.
        let reads = await session.reads - before
        #expect((100...120).contains(reads), "\(reads)")
        await channel.close()
        await session.close()
    }
}

extension SSHSession {
    /// How often its socket has been read.
    fileprivate var reads: Int { resources.readiness?.reads ?? 0 }
}
