import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What both doors promise, held against a real OpenSSH server. One after the other: some move many MiB.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SSHDoorTests {
    // MARK: A command

    @Test(arguments: SSHDoor.allCases)
    func `both outputs and the status of a command arrive`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let ended = try await door.open("echo out; echo err >&2; exit 3", on: fixture).run()
        #expect(ended == Ended(output: Array("out\n".utf8), errors: Array("err\n".utf8), status: 3))
    }

    @Test(arguments: SSHDoor.allCases)
    func `a status of 255 is the command's, not a lost connection`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        #expect(try await door.open("exit 255", on: fixture).run().status == 255)
    }

    @Test(arguments: SSHDoor.allCases)
    func `input is echoed, and its end ends the command`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        try await open.command.write(Array("one".utf8))
        #expect(try await open.command.read() == .output(Array("one".utf8)))
        try await open.command.closeInput()
        try await open.command.closeInput()
        #expect(try await open.command.read() == .end)
        #expect(try await open.command.read() == .end)
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `16 MiB go both ways beside 8 MiB of errors`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let sent = (0..<(16 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 16) }
        let ended = try await door.open("head -c 8388608 /dev/zero >&2 & cat; wait", on: fixture).run(input: sent)
        #expect(ended.output == sent)
        #expect(ended.errors.count == 8 << 20)
        #expect(ended.status == 0)
    }

    @Test(arguments: SSHDoor.allCases)
    func `bytes that come a few at a time come whole`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in LoopbackRelay.Plan(portion: 7) }
        let pins = try fixture.server.knownHostsLine()
            .replacing(":\(fixture.server.port) ", with: ":\(relay.port) ")
        let sent = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let open = try await door.open("cat", on: fixture, .init(port: relay.port, knownHosts: pins))
        let ended = try await open.run(input: sent)
        #expect(ended.output == sent)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a command that a signal ended is over, and not with 0`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("echo before; kill -9 $$", on: fixture)
        #expect(try await open.readToEnd().text == "before\n")
        let exit = await open.command.close()
        #expect(exit != nil)
        #expect(exit?.signal == "KILL" || exit?.status == 255)
        await open.session?.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `twenty commands at once each get their own`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        try await withThrowingTaskGroup(of: (Int, Ended).self) { group in
            for number in 0..<20 {
                group.addTask(executorPreference: fixture.worker) {
                    (number, try await door.open("cat; echo \(number)", on: fixture).run(input: [65]))
                }
            }
            for try await (number, ended) in group {
                #expect(ended.text == "A\(number)\n")
                #expect(ended.status == 0)
            }
        }
    }

    @Test(arguments: SSHDoor.allCases, [1, 2])
    func `ten hosts at once behind bastions take one connection to each, and bytes go both ways`(
        _ door: SSHDoor, _ count: Int
    ) async throws {
        let host = try await SSHFixture()
        var bastions: [SSHFixture] = []
        for _ in 0..<count { bastions.append(try await SSHFixture()) }
        let sent = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let ended = try await door.run("cat", times: 10, on: host, through: bastions, input: sent)
        #expect(ended == Array(repeating: Ended(output: sent, status: 0), count: 10))
        #expect(host.server.connectionCount == 10)
        #expect(bastions.map(\.server.connectionCount) == Array(repeating: 1, count: count))
        for bastion in bastions { try await bastion.server.connectionsEnded() }
    }

    // MARK: Its life

    @Test(arguments: SSHDoor.allCases)
    func `a read that is cancelled does the command no harm`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        let reading = Task { try await open.command.read() }
        await Task.yield()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try await open.command.write([66])
        #expect(try await open.command.read() == .output([66]))
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a second close does nothing, and nothing can be done after the first`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        let reading = Task { try await open.command.read() }
        await Task.yield()
        await open.command.close()
        #expect(await open.command.close() == nil)
        switch await reading.result {
        case .success(let output): #expect(output == .end)
        // It began only after the close.
        case .failure(let error): #expect((error as? SSHError)?.code == .channelClosed)
        }
        for call in [{ _ = try await open.command.read() }, { try await open.command.write([1]) }] {
            let error = await #expect(throws: SSHError.self) { try await call() }
            #expect(error?.code == .channelClosed)
        }
        await open.session?.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a command that nobody holds any more is ended`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        _ = try await door.open("cat", on: fixture)
        try await fixture.server.connectionsEnded()
        #expect(fixture.server.connectionCount == 1)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that is gone in the middle is a lost connection, after what it said`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("echo first; cat", on: fixture)
        #expect(try await open.command.read() == .output(Array("first\n".utf8)))
        fixture.server.killConnections()
        var error: SSHError?
        do {
            // The program may say on the command's standard error what happened.
            while case .errors = try await open.command.read() {}
            Issue.record("it ended in order")
        } catch let thrown as SSHError { error = thrown }
        #expect(error?.code == .connectionLost)
        #expect(error?.message.hasPrefix("connection lost during read") == true, "\(error?.message ?? "")")
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that hangs does not hold up a close`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        var wish = SSHDoor.Wish()
        wish.deadlines.close = .milliseconds(300)
        let open = try await door.open("cat", on: fixture, wish)
        fixture.server.freezeConnections()
        let took = await ContinuousClock().measure { await open.close() }
        #expect(took < .seconds(20))
        fixture.server.killConnections()
    }

    @Test(arguments: SSHDoor.allCases)
    func `an opening that is cancelled ends at once and leaves nothing`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let hole = try BlackHole()
        let opening = Task {
            try await door.open(
                "true", on: fixture, .init(port: hole.port, deadlines: SSHDeadlines(connect: .seconds(60))))
        }
        let second = Task { try await door.open("true", on: fixture) }
        try await second.value.close()
        opening.cancel()
        await #expect(throws: CancellationError.self) { _ = try await opening.value }
        // The worker and its places are as before.
        #expect(try await door.open("echo on", on: fixture).run().text == "on\n")
    }

    // MARK: Refusals

    private func refusal(_ door: SSHDoor, _ fixture: SSHFixture, _ wish: SSHDoor.Wish = .init()) async -> SSHError? {
        await #expect(throws: SSHError.self) {
            let open = try await door.open("true", on: fixture, wish)
            _ = try await open.readToEnd()
        }
    }

    @Test(arguments: SSHDoor.allCases)
    func `a host key that is not pinned is shown, not taken`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture(hostKeyTypes: ["ed25519"])
        let error = await refusal(door, fixture, .init(knownHosts: "# nothing\n"))
        #expect(error?.code == .hostKeyUnknown)
        #expect(
            error?.message.hasPrefix(
                "the host key of [127.0.0.1]:\(fixture.server.port) is not pinned: ssh-ed25519 SHA256:") == true,
            "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `another host key than the pinned one is refused`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let other = try await SSHFixture()
        let pins = try other.server.knownHostsLine()
            .replacing(":\(other.server.port) ", with: ":\(fixture.server.port) ")
        let error = await refusal(door, fixture, .init(knownHosts: pins))
        #expect(error?.code == .hostKeyChanged)
        #expect(error?.message.contains(" line 1: ") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a revoked host key is refused`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture(hostKeyTypes: ["ed25519"])
        let pin = try fixture.server.knownHostsLine()
        let error = await refusal(door, fixture, .init(knownHosts: pin + "@revoked " + pin))
        #expect(error?.code == .hostKeyRevoked)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a key that the server does not know is refused with what it takes`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let stranger = try await LoopbackSSHServer()
        let error = await refusal(door, fixture, .init(key: try await stranger.makeClientKey("key")))
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("it takes publickey") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a key file that is not there is named`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let error = await refusal(door, fixture, .init(key: "/nowhere/key"))
        #expect(error?.code == .keyUnusable)
        #expect(error?.message.contains("key /nowhere/key: No such file or directory") == true)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a key file that is encrypted, and has no passphrase, is named`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let locked = try await fixture.server.makeClientKey("a lock", passphrase: "open sesame")
        let error = await refusal(door, fixture, .init(key: locked))
        #expect(error?.code == .passphraseWrong)
        #expect(
            error?.message
                == "cannot sign in as \(fixture.server.user): key \(locked): it is encrypted, and no passphrase was given; "
                + "the server takes publickey", "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that takes none of the ways given says what it takes`(_ door: SSHDoor) async throws {
        let server = try await PasswordServer()
        let fixture = try await SSHFixture()
        let error = await refusal(
            door, fixture, .init(port: server.port, knownHosts: try await server.knownHosts(), user: "word"))
        #expect(error?.code == .noMethod, "\(error?.message ?? "")")
        #expect(error?.message.hasSuffix("the server takes password") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that takes the connection and says nothing is given up in time`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let mute = try LoopbackListener { _ in }
        let error = await refusal(
            door, fixture,
            .init(port: mute.port, deadlines: SSHDeadlines(connect: .seconds(1), handshake: .milliseconds(300))))
        #expect(error?.code == .handshakeTimedOut)
        mute.stop()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that hangs up at once has turned us away`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let brief = try server(saying: "")
        let error = await refusal(
            door, fixture, .init(port: brief.port, deadlines: SSHDeadlines(connect: .seconds(1))))
        #expect(error?.code == .turnedAway)
        #expect(error?.message == "the server ended the connection without a word")
        brief.stop()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a name that does not resolve is named`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let error = await refusal(door, fixture, .init(host: "nowhere.invalid"))
        #expect(error?.code == .unresolved)
        #expect(error?.message.hasPrefix("nowhere.invalid does not resolve: ") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a port where nothing listens is refused`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        fixture.server.stopListening()
        let error = await refusal(door, fixture)
        #expect(error?.code == .refused)
        #expect(error?.message == "nothing listens on 127.0.0.1:\(fixture.server.port)")
    }

    @Test(arguments: SSHDoor.allCases)
    func `a host that does not answer is given up in time`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let hole = try BlackHole()
        let error = await refusal(
            door, fixture, .init(port: hole.port, deadlines: SSHDeadlines(connect: .seconds(1))))
        #expect(error?.code == .timedOut)
        #expect(error?.operation == "connect")
    }

    @Test(arguments: SSHDoor.allCases)
    func `what is no SSH server is quoted`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let listener = try LoopbackListener { connection in
            let line = "HTTP/1.1 400 Bad Request\r\n\r\n"
            _ = send(connection, line, line.utf8.count, Int32(MSG_NOSIGNAL))
            shutdown(connection, Int32(SHUT_WR))
            var buffer = [UInt8](repeating: 0, count: 256)
            while recv(connection, &buffer, buffer.count, 0) > 0 {}
            close(connection)
        }
        let error = await refusal(door, fixture, .init(port: listener.port))
        #expect(error?.code == .notSSH)
        #expect(error?.message == "not an SSH server: \"HTTP/1.1 400 Bad Request\"")
        listener.stop()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that allows no channel refuses the command`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture(options: ["MaxSessions 0"])
        let error = await refusal(door, fixture)
        #expect(error?.code == .channelRefused)
        #expect(error?.message.hasPrefix("the server allows no further channel") == true)
        #expect(error?.hint == "check MaxSessions in its sshd_config")
    }
}
