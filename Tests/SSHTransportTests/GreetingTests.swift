import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What a server may say before SSH begins, from the odd to the hostile.
@Suite(.timeLimit(.minutes(2))) struct GreetingTests {
    @Test(arguments: [
        "\r\n", "\n\nWelcome.\n\n", String(repeating: "x", count: 3000) + "\r\n",
        String(repeating: "SSH is spoken here.\r\n", count: 600), "a\u{0}b\r\n",
    ])
    func `lines before the version are passed over, empty, long or many`(preamble: String) async throws {
        let server = try await LoopbackSSHServer(preamble: preamble)
        let worker = try kept(SSHWorker())
        let session = try await SSHFixture.connect(
            port: server.port, user: server.user, knownHosts: try server.knownHostsLine(),
            authentication: [.key(path: try await server.makeClientKey("client"))], on: worker)
        #expect(try await session.run("echo on").text == "on\n")
        #expect(await session.serverBanner.hasPrefix("SSH-2.0-OpenSSH_"))
        await session.close()
    }

    @Test(arguments: ["x\n", "x", "\n", "SSH-2.0", "SSH\n", "\u{0}"])
    func `a flood without a version line ends soon, and holds up nobody on the same worker`(drop: String) async throws {
        let flood = try LoopbackListener { connection in
            DispatchQueue.global().async {
                let bytes = Array(String(repeating: drop, count: 65536 / drop.utf8.count).utf8)
                while send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
                close(connection)
            }
        }
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let attempt = Task {
            try await SSHFixture.connect(port: flood.port, deadlines: FaultTableTests.slow, on: fixture.worker)
        }
        #expect(try await session.run("echo beside").text == "beside\n")
        let start = ContinuousClock.now
        let error = await #expect(throws: SSHError.self) { _ = try await attempt.value }
        #expect(start.duration(to: .now) < FaultTableTests.patient)
        #expect([.notSSH, .handshakeFailed, .versionTooLong].contains(error?.code), "\(error?.message ?? "")")
        #expect(error?.hint != nil)
        #expect((error?.message.count ?? 0) < 400)
        await session.close()
    }

    @Test(arguments: ["SSH-2.0-" + String(repeating: "v", count: 245), "SSH-1.99-Odd"])
    func `a version line of any length that is allowed, and one of the time between, are understood`(
        version: String
    ) async throws {
        let server = try await PasswordServer(version: version)
        let session = try await SSHFixture.connect(
            port: server.port, user: "word", knownHosts: server.knownHosts(),
            authentication: [.password { Array("correct".utf8) }], on: kept(SSHWorker()))
        #expect(try await session.run("x").text == "hello word")
        #expect(await session.serverBanner == version)
        await session.close()
    }

    @Test func `a version line that is too long, or of another SSH, is named`() async throws {
        let long = try server(saying: "SSH-2.0-\(String(repeating: "v", count: 247))\r\n", hangsUp: false)
        let old = try server(saying: "SSH-1.5-Old\r\n")
        let deadlines = SSHDeadlines(handshake: .seconds(1))
        for (server, message) in [
            (long, "the server's version line is too long for this build: 255 characters"),
            (old, "the server speaks an SSH that is not version 2: \"SSH-1.5-Old\""),
        ] {
            let error = await #expect(throws: SSHError.self) {
                _ = try await SSHFixture.connect(port: server.port, deadlines: deadlines, on: kept(SSHWorker()))
            }
            #expect(error?.message == message)
            #expect(error?.hint != nil)
        }
    }

    @Test func `a flood of packets that ask for nothing meets the deadline, and holds up nobody`() async throws {
        let flood = try LoopbackListener { connection in
            DispatchQueue.global().async {
                let greeting = Array("SSH-2.0-Flood\r\n".utf8)
                _ = send(connection, greeting, greeting.count, Int32(MSG_NOSIGNAL))
                // Length, padding, SSH_MSG_IGNORE with an empty string.
                let packet: [UInt8] = [0, 0, 0, 12, 6, 2] + [UInt8](repeating: 0, count: 10)
                let bytes = Array([[UInt8]](repeating: packet, count: 4096).joined())
                while send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
                close(connection)
            }
        }
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let attempt = Task {
            try await SSHFixture.connect(
                port: flood.port, deadlines: SSHDeadlines(handshake: .seconds(2)), on: fixture.worker)
        }
        for _ in 0..<20 { #expect(try await session.run("echo beside").text == "beside\n") }
        let error = await #expect(throws: SSHError.self) { _ = try await attempt.value }
        #expect(error?.code == .handshakeTimedOut, "\(error?.message ?? "")")
        await session.close()
    }

    @Test func `what a server writes for a terminal is quoted without doing anything to it`() async throws {
        let server = try await PasswordServer()
        let error = await #expect(throws: SSHError.self) {
            _ = try await SSHFixture.connect(
                port: server.port, user: "loud", knownHosts: server.knownHosts(),
                authentication: [.password { Array("wrong".utf8) }], on: kept(SSHWorker()))
        }
        #expect(
            error?.message == "the server refused loud, it does not say why: password refused; it takes password; "
                + "its banner: \"]0;owned Be [2J good. doog 1m\"")
    }

    @Test func `the names of a server's algorithms and of its ways to sign in do nothing to a terminal either`() {
        let evil = "aes\u{1b}[2J\u{202e}"
        let lists = ["curve25519-sha256", "ssh-ed25519", evil, evil, "hmac-sha2-256", "hmac-sha2-256"]
        let able = Opening.Offer(
            keyExchanges: ["curve25519-sha256"], hostKeys: ["ssh-ed25519"], ciphers: ["aes128-ctr"],
            macs: ["hmac-sha2-256"])
        let error = Opening(OpeningTests.offer(lists)).explain(
            SSHError(.noCommonAlgorithm, "handshake", "x", number: -5), abilities: able)
        #expect(error.message == "no common cipher: the server offers aes [2J, this build aes128-ctr")
        let many = Opening(OpeningTests.offer(lists.map { _ in String(repeating: "a", count: 5000) })).explain(
            SSHError(.noCommonAlgorithm, "handshake", "x", number: -5), abilities: able)
        #expect(many.message.count < 1500)
        var notes = SignInNotes()
        notes.refused("key x")
        let refused = notes.error(user: "u", offered: ["publickey\u{1b}[2J", String(repeating: "b", count: 5000)])
        #expect(refused.message.contains("it takes publickey [2J,bbb"))
        #expect(refused.message.count < 500)
    }

    @Test func `quoted text has no controls, no turned direction, one line, and an end`() {
        let quoted = PeerText.quote(Array("a\u{1b}[1m\r\n\u{7}b\u{9b}c\u{202e}d\u{2028}e\u{feff}\u{200f}f\u{0}".utf8))
        #expect(quoted == "\"a [1m b c d e f\"")
        #expect(PeerText.quote([0xff, 0x41]) == "\"\u{fffd}A\"")
        #expect(PeerText.quote(Array("\r\n\t ".utf8)) == nil)
        #expect(PeerText.quote([UInt8](repeating: 65, count: 1_000_000))?.count == 303)
    }
}

/// How much one call of the library may read before the others have their turn.
@Suite struct ShareTests {
    @Test func `whoever never stops sending is cut short after a share, and nothing of it is lost`() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let memory = SessionMemory()
        var sent = 0
        func fill() {
            let line = Array("SSH-2.0-Flood\r\n".utf8) + [UInt8](repeating: 7, count: 8192)
            let bytes = sent == 0 ? line : [UInt8](repeating: 7, count: 8192)
            var count = send(ends[1], bytes, bytes.count, Int32(MSG_NOSIGNAL))
            while count > 0 {
                sent += count
                count = send(ends[1], [UInt8](repeating: 7, count: 8192), 8192, Int32(MSG_NOSIGNAL))
            }
        }
        var buffer = [UInt8](repeating: 0, count: 16384)
        var pointer: UnsafeMutableRawPointer? = Unmanaged.passUnretained(memory).toOpaque()
        var total = 0
        for round in 1...2 {
            var count = 1
            while count > 0, total < 4 << 20 {
                fill()
                count = receiveCallback(ends[0], &buffer, buffer.count, 0, &pointer)
                total += max(0, count)
            }
            #expect(count == -Int(EAGAIN))
            #expect(memory.hasHadItsShare && memory.mayHaveMore(since: memory.reads))
            #expect(total >= round * (256 << 10) && total <= round * (272 << 10), "\(total)")
            memory.renewShare()
            #expect(!memory.hasHadItsShare)
        }
        withExtendedLifetime(memory) {}
    }
}
