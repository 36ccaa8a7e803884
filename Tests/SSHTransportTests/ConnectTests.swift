import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What answers, or does not, before SSH begins.
@Suite(.timeLimit(.minutes(5))) struct ConnectTests {
    private let short = SSHDeadlines(connect: .milliseconds(150), handshake: .milliseconds(150))

    private func failure(at port: UInt16) async throws -> SSHError? {
        let worker = try kept(SSHWorker())
        return await #expect(throws: SSHError.self) {
            _ = try await SSHFixture.connect(port: port, deadlines: short, on: worker)
        }
    }

    /// A server that says one thing and ends the connection.
    private func server(saying text: String) throws -> LoopbackListener {
        try LoopbackListener { connection in
            _ = text.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
    }

    @Test func `a port on which nothing listens is refused at once`() async throws {
        let dead = try DeadPort()
        let error = try await failure(at: dead.port)
        #expect(error?.code == .refused)
        #expect(error?.message == "nothing listens on 127.0.0.1:\(dead.port)")
    }

    @Test func `a listener that says nothing meets the deadline of the handshake`() async throws {
        let listener = try LoopbackListener { _ in }
        let error = try await failure(at: listener.port)
        #expect(error?.code == .handshakeTimedOut)
        #expect(error?.operation == "handshake")
    }

    @Test func `a server of another kind is quoted`() async throws {
        let listener = try server(saying: "220 mail.example.com ESMTP\r\n")
        let error = try await failure(at: listener.port)
        #expect(error?.code == .notSSH)
        #expect(error?.message == "not an SSH server: \"220 mail.example.com ESMTP\"")
    }

    @Test func `a server that limits its connections is worth a retry`() async throws {
        let listener = try server(saying: "Exceeded MaxStartups\r\n")
        #expect(try await failure(at: listener.port)?.code == .tooManyConnections)
    }

    @Test func `a server that hangs up without a word, or after its version, is told apart from others`() async throws {
        let mute = try server(saying: "")
        #expect(try await failure(at: mute.port)?.message == "the server ended the connection without a word")
        let brief = try server(saying: "SSH-2.0-Test\r\n")
        #expect(try await failure(at: brief.port)?.message == "the server ended the connection during the handshake")
    }

    @Test(arguments: ["S", "SSH-2.0-Test\r\nabc", "SSH-2.0-Test\r\n\u{0}\u{0}\u{1}"])
    func `an end right behind a few bytes is noticed at once`(text: String) async throws {
        let listener = try server(saying: text)
        let worker = try kept(SSHWorker())
        let error = await #expect(throws: SSHError.self) {
            _ = try await SSHFixture.connect(port: listener.port, deadlines: SSHFixture.quick, on: worker)
        }
        #expect(error?.code != .timedOut, "\(text): \(error?.message ?? "")")
    }

    @Test func `a name that does not resolve says so`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await SSHAddress.resolve("no-such-host.invalid", port: 22)
        }
        #expect(error?.code == .unresolved)
    }

    @Test func `addresses are tried in turn until one answers`() async throws {
        let fixture = try await SSHFixture()
        let dead = try DeadPort()
        let session = try await SSHClient.connect(
            to: SSHEndpoint(host: "127.0.0.1", port: fixture.server.port, user: fixture.server.user),
            addresses: SSHAddress.resolve("127.0.0.1", port: dead.port)
                + SSHAddress.resolve("127.0.0.1", port: fixture.server.port),
            hostKeys: HostKeyPolicy(text: fixture.server.knownHostsLine(), file: "kh"),
            authentication: [.key(path: fixture.key)], on: fixture.worker)
        #expect(await session.address?.description == "127.0.0.1:\(fixture.server.port)")
    }

    @Test(arguments: [
        ("", "ecdh-sha2-nistp256"), ("curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256"),
        ("curve25519-sha256", "curve25519-sha256"), ("diffie-hellman-group16-sha512", "diffie-hellman-group16-sha512"),
    ])
    func `the key exchange that costs least is asked for first, and every other after it`(
        allowed: String, agreed: String
    ) async throws {
        let fixture = try await SSHFixture(
            options: ["LogLevel DEBUG1"] + (allowed.isEmpty ? [] : ["KexAlgorithms \(allowed)"]))
        let session = try await fixture.connect()
        #expect(try await session.run("echo on").text == "on\n")
        await session.close()
        #expect(fixture.server.log.contains("kex: algorithm: \(agreed) "))
    }

    @Test func `all key exchanges are offered, each once`() {
        let order = LibSSH2Library.keyExchangeOrder
        #expect(order.first == "ecdh-sha2-nistp256")
        #expect(order.sorted() == LibSSH2Library.abilities.keyExchanges.sorted())
    }

    @Test func `cancelling ends an attempt that waits for a silent server`() async throws {
        let worker = try kept(SSHWorker())
        let (accepted, arrived) = AsyncStream.makeStream(of: Void.self)
        let listener = try LoopbackListener { _ in arrived.yield() }
        let port = listener.port
        let attempt = Task {
            try await SSHFixture.connect(port: port, deadlines: SSHDeadlines(handshake: .seconds(600)), on: worker)
        }
        for await _ in accepted { break }
        attempt.cancel()
        await #expect(throws: CancellationError.self) { _ = try await attempt.value }
    }
}
