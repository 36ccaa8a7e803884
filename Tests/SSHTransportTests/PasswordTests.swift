import TestSupport
import Testing

@testable import SSHTransport

/// Passwords, in both of SSH's ways.
@Suite(.timeLimit(.minutes(5))) struct PasswordTests {
    private static let shared = Task { try await PasswordServer() }

    private func signIn(_ user: String, _ ways: [SSHAuthentication]) async throws -> SSHSession {
        let server = try await Self.shared.value
        let worker = try kept(SSHWorker())
        let endpoint = SSHEndpoint(host: "127.0.0.1", port: server.port, user: user)
        let addresses = try await SSHAddress.resolve("127.0.0.1", port: server.port)
        let keys = try await SSHClient.hostKeys(of: endpoint, addresses: addresses, on: worker)
        let lines = keys.map { $0.knownHostsLine(host: "127.0.0.1", port: server.port) }
        return try await SSHClient.connect(
            to: endpoint, addresses: addresses,
            hostKeys: HostKeyPolicy(text: lines.joined(separator: "\n"), file: "known_hosts"), authentication: ways,
            on: worker)
    }

    private func secret(_ text: String) -> SSHSecretSource { { Array(text.utf8) } }

    @Test func `the right password signs in`() async throws {
        let session = try await signIn("word", [.password(secret("correct"))])
        #expect(await session.acceptedMethod == "password")
        #expect(try await session.run("x").text == "hello word")
    }

    @Test func `a single question for a password is answered`() async throws {
        let session = try await signIn("ask", [.password(secret("unused")), .keyboardInteractive(secret("correct"))])
        #expect(await session.acceptedMethod == "keyboard-interactive")
        #expect(try await session.run("x").text == "hello ask")
    }

    @Test func `a refused password is shown to the server once, whatever ways are left`() async throws {
        let error = await #expect(throws: SSHError.self) {
            let wrong = secret("wrong once")
            _ = try await signIn("both", [.password(wrong), .keyboardInteractive(wrong), .password(wrong)])
        }
        #expect(error?.code == .authenticationFailed)
        #expect(try await Self.shared.value.attempts(of: "both").filter { $0 == "wrong once" }.count == 1)
        #expect(error?.message.contains("wrong once") == false)
    }

    @Test func `more than one question is not answered`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await signIn("two", [.keyboardInteractive(secret("correct"))])
        }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("the server asks more than one password") == true)
        #expect(try await Self.shared.value.attempts(of: "two").allSatisfy { !$0.contains("correct") })
    }

    @Test func `a question that is asked once more is not answered with the same password`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await signIn("again", [.keyboardInteractive(secret("correct"))])
        }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("the server asks more than one password") == true)
        #expect(try await Self.shared.value.attempts(of: "again") == ["correct", ""])
    }

    @Test func `what the server says above its question is quoted when it refuses the answer`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await signIn("gone", [.keyboardInteractive(secret("correct"))])
        }
        #expect(
            error?.message == "the server refused gone: \"Your account is locked.\": keyboard-interactive refused; "
                + "it takes keyboard-interactive")
        #expect(error?.passwordWasRefused == true)
    }

    @Test func `an expired password is called expired`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await signIn("old", [.password(secret("correct"))])
        }
        #expect(error?.code == .passwordExpired, "\(error?.message ?? "")")
    }

    @Test func `a way that is not offered is not tried, and its secret not fetched`() async throws {
        let error = await #expect(throws: SSHError.self) {
            _ = try await signIn(
                "ask",
                [
                    .password {
                        Issue.record("fetched")
                        return []
                    }
                ])
        }
        #expect(error?.message == "cannot sign in as ask: password: not offered; the server takes keyboard-interactive")
    }

    @Test func `what goes wrong while a secret is fetched comes through`() async throws {
        struct Missing: Error {}
        await #expect(throws: Missing.self) { _ = try await signIn("word", [.password { throw Missing() }]) }
    }

    @Test func `a password that is withheld is left out, and a later way of the order still lets in`() async throws {
        let fixture = try await SSHFixture(options: ["PasswordAuthentication yes"])
        let withheld: SSHSecretSource = {
            throw SSHSecretWithheld(reason: "it was refused on fe01 and is not tried here", hint: "correct it")
        }
        let session = try await fixture.connect(authentication: [.password(withheld), .key(path: fixture.key)])
        #expect(await session.acceptedMethod == "publickey")
        await session.close()
        let stranger = try await SSHFixture()
        for ways in [[.password(withheld)], [.key(path: stranger.key), .password(withheld)]] as [[SSHAuthentication]] {
            let error = await #expect(throws: SSHError.self) { _ = try await fixture.connect(authentication: ways) }
            #expect(error?.code == .passwordWithheld)
            #expect(error?.message.hasPrefix("it was refused on fe01 and is not tried here") == true)
            #expect(error?.hint == "correct it")
            #expect(error?.passwordWasRefused == false)
        }
        #expect(!fixture.server.log.contains("Failed password"))
    }
}
