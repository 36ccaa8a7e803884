import ChildProcess
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// Keys, from files, from an agent, and held by others.
@Suite(.timeLimit(.minutes(5))) struct KeyTests {
    private func accepts(_ way: SSHAuthentication, _ fixture: SSHFixture) async throws -> Bool {
        let session = try await fixture.connect(authentication: [way])
        defer { Task { await session.close() } }
        return try await session.run("echo in").text == "in\n"
    }

    private func refusal(_ ways: [SSHAuthentication], _ fixture: SSHFixture) async -> SSHError? {
        await #expect(throws: SSHError.self) { _ = try await fixture.connect(authentication: ways) }
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func `a key file signs in, also with a passphrase`(type: String) async throws {
        let fixture = try await SSHFixture()
        let plain = try await fixture.server.makeClientKey("plain", type: type)
        #expect(try await accepts(.key(path: plain), fixture))
        let locked = try await fixture.server.makeClientKey("locked", type: type, passphrase: "open sesame")
        #expect(try await accepts(.key(path: locked) { Array("open sesame".utf8) }, fixture))
        let wrong = await refusal([.key(path: locked) { Array("close sesame".utf8) }], fixture)
        #expect(wrong?.code == .passphraseWrong)
        #expect(wrong?.message.contains("key \(locked): the passphrase is wrong;") == true)
        let missing = await refusal([.key(path: locked)], fixture)
        #expect(missing?.message.contains("it is encrypted, and no passphrase was given") == true)
        #expect(missing?.code == .passphraseWrong)
    }

    @Test func `an RSA key is refused with a sentence before the server sees it`() async throws {
        let fixture = try await SSHFixture()
        let key = try await fixture.server.makeClientKey("rsa", type: "rsa")
        guard !LibSSH2Library.canSignWithRSA else { return }
        let error = await refusal([.key(path: key)], fixture)
        #expect(error?.code == .keyTypeRefused)
        #expect(error?.message.contains("RSA keys need libssh2 1.11; use ed25519") == true)
    }

    @Test func `keys that fail for several reasons are unusable, and no key at all is no way in`() async throws {
        let fixture = try await SSHFixture()
        let rsa = try await fixture.server.makeClientKey("rsa", type: "rsa")
        let locked = try await fixture.server.makeClientKey("locked", passphrase: "open sesame")
        let password = SSHAuthentication.password { Array("unused".utf8) }
        guard !LibSSH2Library.canSignWithRSA else { return }
        #expect(await refusal([.key(path: rsa), .key(path: locked)], fixture)?.code == .keyUnusable)
        // What the server does not take does not count beside a reason of ours.
        #expect(await refusal([password, .key(path: locked)], fixture)?.code == .passphraseWrong)
        #expect(await refusal([password], fixture)?.code == .noMethod)
        #expect(await refusal([], fixture)?.code == .noMethod)
    }

    @Test func `files that are no keys are told apart, and the next way is tried`() async throws {
        let fixture = try await SSHFixture()
        let text = try fixture.server.folder.write("hello", to: "text")
        let ways: [SSHAuthentication] = [.key(path: "/nonexistent"), .key(path: text)]
        let error = await refusal(ways, fixture)
        #expect(error?.code == .keyUnusable)
        #expect(error?.message.contains("key /nonexistent: No such file or directory") == true)
        #expect(error?.message.contains("key \(text): not a private key of OpenSSH or PEM form") == true)
        _ = try await fixture.connect(authentication: ways + [.key(path: fixture.key)])
    }

    @Test func `a key the server does not know is refused, and the session's failure says what it takes`() async throws
    {
        let (fixture, other) = (try await SSHFixture(), try await SSHFixture())
        let error = await refusal([.key(path: other.key)], fixture)
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("key \(other.key) refused; it takes publickey") == true)
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func `an agent signs, with the chosen key or the first that is let in`(type: String) async throws {
        let fixture = try await SSHFixture()
        let known = try await fixture.server.makeClientKey("known", type: type)
        let stranger = try await SSHFixture()
        let agent = try await TestAgent(keys: [stranger.key, known], folder: fixture.server.folder)
        #expect(try await accepts(.agent(socket: agent.socket), fixture))
        let keys = try await SSHAgent(socket: agent.socket).keys()
        #expect(keys.count == 2)
        #expect(try await accepts(.agent(socket: agent.socket, fingerprint: keys.last?.fingerprint), fixture))
        let absent = await refusal([.agent(socket: agent.socket, fingerprint: "SHA256:none")], fixture)
        #expect(absent?.message.contains("agent: it does not hold the key SHA256:none") == true)
    }

    @Test func `an agent that is not there says so`() async throws {
        let fixture = try await SSHFixture()
        let error = await refusal([.agent(socket: "/nonexistent/agent")], fixture)
        #expect(error?.code == .keyUnusable)
        #expect(error?.message.contains("ssh-agent: cannot be reached: No such file or directory") == true)
    }

    @Test func `somebody else's signature signs in, and a failure to sign is named`() async throws {
        let fixture = try await SSHFixture()
        let agent = try await TestAgent(keys: [fixture.key], folder: fixture.server.folder)
        let held = SSHAgent(socket: agent.socket)
        let key = try #require(try await held.keys().first)
        let calls = Mutex(0)
        let signer = SSHAuthentication.signer(publicKey: key.blob) { data in
            calls.withLock { $0 += 1 }
            return try await held.sign(data, with: key)
        }
        #expect(try await accepts(signer, fixture))
        #expect(calls.withLock { $0 } == 1)
        struct Lost: Error {}
        let error = await refusal([.signer(publicKey: key.blob) { _ in throw Lost() }], fixture)
        #expect(error?.message.contains("signing failed: Lost()") == true)
    }

    @Test func `what a key file is can be told without its passphrase, and garbage is no key`() throws {
        #expect(PrivateKeyFile(Array("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END".utf8))?.kind == .rsa)
        let locked = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
        #expect(PrivateKeyFile(Array(locked.utf8)) == PrivateKeyFile(Array(locked.utf8)))
        #expect(PrivateKeyFile(Array(locked.utf8))?.isEncrypted == true)
        #expect(PrivateKeyFile(Array("-----BEGIN PRIVATE KEY-----\n".utf8))?.kind == .unknown)
        for text in ["", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "\u{0}\u{ff}"]
        {
            #expect(PrivateKeyFile(Array(text.utf8)) == nil)
        }
    }
}

/// An ssh-agent of the test's own.
final class TestAgent: Sendable {
    let socket: String
    private let child: RunningChild

    init(keys: [String], folder: TemporaryFolder) async throws {
        socket = folder["agent.\(keys.count)"]
        let variables = ["PATH": "/usr/bin:/bin", "SSH_AUTH_SOCK": socket]
        // It takes a socket that listens already from nobody, so wait until ssh-add finds it: `-D` keeps it ours to end.
        child = try RunningChild.start(
            ChildCommand("/usr/bin/ssh-agent", ["-D", "-a", socket], environment: variables))
        for key in keys {
            var result = try await ChildCommand("/usr/bin/ssh-add", ["-q", key], environment: variables).run()
            for _ in 0..<200 where !result.ending.isSuccess {
                result = try await ChildCommand("/usr/bin/ssh-add", ["-q", key], environment: variables).run()
            }
            #expect(result.ending.isSuccess, "\(result.errors.text)")
        }
    }

    deinit { child.kill() }
}
