import Testing
import TestSupport

@testable import SSHTransport

/// Hosts behind bastions: one session's bytes inside a channel of another.
@Suite struct TunnelTests {
    private func connect(_ server: LoopbackSSHServer, key: String, through bastion: SSHSession) async throws
        -> SSHSession
    {
        try await SSHClient.connect(
            to: SSHEndpoint(host: "127.0.0.1", port: server.port, user: server.user), through: bastion,
            hostKeys: HostKeyPolicy(text: try server.knownHostsLine(), file: "known_hosts"),
            authentication: [.key(path: key)], deadlines: SSHDeadlines(connect: .seconds(30)))
    }

    private func bastion(
        _ server: LoopbackSSHServer, key: String, title: String? = nil, keepalive: Duration = .seconds(30)
    ) async throws -> SSHSession {
        try await SSHClient.connect(
            to: SSHEndpoint(host: "127.0.0.1", port: server.port, user: server.user, title: title),
            addresses: try await SSHAddress.resolve("127.0.0.1", port: server.port),
            hostKeys: HostKeyPolicy(text: try server.knownHostsLine(), file: "known_hosts"),
            authentication: [.key(path: key)], on: try SSHWorker(keepalive: keepalive))
    }

    private func output(of command: String, on session: SSHSession) async throws -> String {
        let channel = try await session.openExec(command)
        var bytes: [UInt8] = []
        while true {
            switch try await channel.read() {
            case .output(let more): bytes += more
            case .errors: break
            case .end:
                _ = await channel.close()
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    @Test func `a host behind a bastion runs a command`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let session = try await connect(inner, key: try await inner.makeClientKey("key"), through: bastion)
        #expect(try await output(of: "echo behind", on: session) == "behind\n")
        await session.close()
        #expect(inner.connectionCount == 1)
        await bastion.close()
    }

    @Test func `one bastion carries many hosts at once, and a chain of two carries bytes both ways`() async throws {
        let outer = try await LoopbackSSHServer()
        let middle = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let first = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let second = try await connect(middle, key: try await middle.makeClientKey("key"), through: first)
        let key = try await inner.makeClientKey("key")
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let session = try await connect(inner, key: key, through: number % 2 == 0 ? first : second)
                    let answer = try await output(of: "head -c 300000 /dev/zero | tr '\\0' x | wc -c", on: session)
                    await session.close()
                    return answer
                }
            }
            for try await answer in group { #expect(answer == "300000\n") }
        }
        #expect(outer.connectionCount == 1)
        await first.close()
    }

    @Test func `bytes go both ways through a tunnel without loss`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let session = try await connect(inner, key: try await inner.makeClientKey("key"), through: bastion)
        let channel = try await session.openExec("cat")
        let sent = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        async let writing: Void = {
            try await channel.write(sent)
            try await channel.closeInput()
        }()
        var got: [UInt8] = []
        reading: while true {
            switch try await channel.read() {
            case .output(let bytes): got += bytes
            case .errors: break
            case .end: break reading
            }
        }
        try await writing
        #expect(got == sent)
        await session.close()
        await bastion.close()
    }

    @Test func `a lost bastion is named on every host behind it`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let key = try await inner.makeClientKey("key")
        var channels: [SSHChannel] = []
        for _ in 0..<3 {
            let session = try await connect(inner, key: key, through: bastion)
            channels.append(try await session.openExec("sleep 600"))
        }
        outer.killConnections()
        for channel in channels {
            let error = await #expect(throws: SSHError.self) { _ = try await channel.read() }
            #expect(error?.code == .bastionLost)
            #expect(error?.message.hasPrefix("the bastion 127.0.0.1 was lost") == true)
        }
        inner.killConnections()
    }

    @Test func `a host that the bastion cannot reach is the host's fault alone`() async throws {
        let outer = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        // Nothing listens on a port this low unless somebody has installed it.
        let error = await #expect(throws: SSHError.self) {
            _ = try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: 1, user: "nobody"), through: bastion,
                hostKeys: HostKeyPolicy(text: "", file: "known_hosts"), authentication: [])
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message == "the bastion 127.0.0.1 does not reach 127.0.0.1:1")
        #expect(try await output(of: "echo well", on: bastion) == "well\n")
        await bastion.close()
    }

    @Test func `the host key behind a bastion is checked like any other`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let key = try await inner.makeClientKey("key")
        let error = await #expect(throws: SSHError.self) {
            _ = try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: inner.port, user: inner.user), through: bastion,
                hostKeys: HostKeyPolicy(text: "", file: "known_hosts"), authentication: [.key(path: key)])
        }
        #expect(error?.code == .hostKeyUnknown)
        await bastion.close()
    }

    @Test func `a bastion that opens no way says so with a code of its own, and goes on`() async throws {
        let outer = try await LoopbackSSHServer(options: ["AllowTcpForwarding no"])
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"), title: "dmz (127.0.0.1)")
        let key = try await inner.makeClientKey("key")
        let error = await #expect(throws: SSHError.self) { _ = try await connect(inner, key: key, through: bastion) }
        #expect(error?.code == .bastionRefuses)
        #expect(
            error?.message
                == "the bastion dmz (127.0.0.1) opens no way to 127.0.0.1:\(inner.port): administratively prohibited")
        #expect(error?.hint?.contains("AllowTcpForwarding") == true)
        #expect(await bastion.isUsable)
        #expect(try await output(of: "echo well", on: bastion) == "well\n")
        await bastion.close()
        let late = await #expect(throws: SSHError.self) { _ = try await connect(inner, key: key, through: bastion) }
        #expect(late?.code == .bastionLost)
    }

    @Test func `an opening that is given up spends the connection; what goes over it already goes on`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let hole = try BlackHole()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let key = try await inner.makeClientKey("key")
        let session = try await connect(inner, key: key, through: bastion)
        let silent = await #expect(throws: SSHError.self) {
            _ = try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: hole.port, user: "nobody"), through: bastion,
                hostKeys: HostKeyPolicy(text: "", file: "known_hosts"), authentication: [],
                deadlines: SSHDeadlines(connect: .milliseconds(300)))
        }
        #expect(silent?.code == .timedOut)
        #expect(
            silent?.message
                == "127.0.0.1:\(hole.port) does not answer behind the bastion 127.0.0.1 within 300 ms")
        #expect(await !bastion.isUsable)
        let next = await #expect(throws: SSHError.self) { _ = try await connect(inner, key: key, through: bastion) }
        #expect(next?.code == .bastionSpent)
        #expect(try await output(of: "echo well", on: session) == "well\n")
        await session.close()
        await bastion.close()
    }

    @Test func `all keys of a host behind a bastion are shown`() async throws {
        let outer = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let bastion = try await bastion(outer, key: try await outer.makeClientKey("key"))
        let keys = try await SSHClient.hostKeys(
            of: SSHEndpoint(host: "127.0.0.1", port: inner.port, user: "nobody"), through: bastion)
        #expect(Set(keys.map(\.type)) == ["ssh-ed25519", "ecdsa-sha2-nistp256"])
        #expect(await bastion.isUsable)
        await bastion.close()
    }

    @Test(.timeLimit(.minutes(1))) func `keepalives reach every server of a chain`() async throws {
        let outer = try await LoopbackSSHServer(options: ["LogLevel DEBUG"])
        let middle = try await LoopbackSSHServer(options: ["LogLevel DEBUG"])
        let inner = try await LoopbackSSHServer(options: ["LogLevel DEBUG"])
        let first = try await bastion(
            outer, key: try await outer.makeClientKey("key"), keepalive: .milliseconds(50))
        let second = try await connect(middle, key: try await middle.makeClientKey("key"), through: first)
        let session = try await connect(inner, key: try await inner.makeClientKey("key"), through: second)
        for server in [outer, middle, inner] {
            try await until("a keepalive") { server.log.contains("rtype keepalive@libssh2.org want_reply 0") }
        }
        #expect(try await output(of: "echo well", on: session) == "well\n")
        await session.close()
        await first.close()
    }

    @Test func `of a chain the bastion that was lost is named, not the one behind it`() async throws {
        let outer = try await LoopbackSSHServer()
        let middle = try await LoopbackSSHServer()
        let inner = try await LoopbackSSHServer()
        let first = try await bastion(outer, key: try await outer.makeClientKey("key"), title: "outer")
        let second = try await connect(middle, key: try await middle.makeClientKey("key"), through: first)
        let session = try await connect(inner, key: try await inner.makeClientKey("key"), through: second)
        let channel = try await session.openExec("sleep 600")
        outer.killConnections()
        let error = await #expect(throws: SSHError.self) { _ = try await channel.read() }
        #expect(error?.code == .bastionLost)
        #expect(error?.message.hasPrefix("the bastion outer was lost: ") == true, "\(error?.message ?? "")")
    }
}
