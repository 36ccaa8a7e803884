import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What both doors say when a host cannot be reached, or does not let us in: in the same codes.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SSHDoorRefusalTests {
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
