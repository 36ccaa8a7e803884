import ChildProcess
import TestSupport
import Testing

@testable import SSHTransport

/// Host keys as a real server shows them.
@Suite(.timeLimit(.minutes(5))) struct HostKeyTests {
    @Test func `an unknown host is refused with the fingerprint that ssh-keygen prints`() async throws {
        let fixture = try await SSHFixture(hostKeyTypes: ["ed25519"])
        let error = await #expect(throws: SSHError.self) { _ = try await fixture.connect(knownHosts: "") }
        #expect(error?.code == .hostKeyUnknown)
        let printed = try await ChildCommand("/usr/bin/ssh-keygen", ["-lf", fixture.server.folder["host_ed25519.pub"]])
            .run().output.text.split(separator: " ")[1]
        #expect(error?.hostKey?.fingerprint == String(printed))
        #expect(error?.message.contains(printed) == true)
        #expect(!fixture.server.log.contains("Accepted"))
    }

    @Test func `a changed host key is refused before anybody signs in`() async throws {
        let (fixture, other) = (try await SSHFixture(), try await SSHFixture())
        let stranger = try other.server.folder.read("host_ed25519.pub").split(separator: " ").prefix(2)
        let line = "[127.0.0.1]:\(fixture.server.port) \(stranger.joined(separator: " "))\n"
        let error = await #expect(throws: SSHError.self) { _ = try await fixture.connect(knownHosts: line) }
        #expect(error?.code == .hostKeyChanged)
        #expect(!fixture.server.log.contains("Accepted"))
    }

    @Test func `a pin of either type alone gives no false alarm`() async throws {
        let fixture = try await SSHFixture()
        for type in ["ed25519", "ecdsa"] {
            let session = try await fixture.connect(knownHosts: fixture.server.knownHostsLine(type: type))
            #expect(await session.hostKey?.type.contains(type) == true)
            await session.close()
        }
    }

    @Test func `names hashed by ssh-keygen are found`() async throws {
        let fixture = try await SSHFixture()
        let path = try fixture.server.folder.write(fixture.server.knownHostsLine(), to: "known_hosts")
        #expect(try await ChildCommand("/usr/bin/ssh-keygen", ["-q", "-H", "-f", path]).run().ending.isSuccess)
        let hashed = try fixture.server.folder.read("known_hosts")
        #expect(hashed.hasPrefix("|1|"))
        _ = try await fixture.connect(knownHosts: hashed)
        let policy = HostKeyPolicy(text: hashed, file: "known_hosts")
        #expect(policy.pins(for: "127.0.0.1", port: fixture.server.port).count == 1)
        #expect(policy.pins(for: "127.0.0.2", port: fixture.server.port).isEmpty)
    }

    @Test func `all keys of a host can be fetched without signing in, and pinned`() async throws {
        let fixture = try await SSHFixture()
        let port = fixture.server.port
        let keys = try await SSHClient.hostKeys(
            of: SSHEndpoint(host: "127.0.0.1", port: port, user: "nobody"),
            addresses: SSHAddress.resolve("127.0.0.1", port: port), on: fixture.worker)
        #expect(Set(keys.map(\.type)) == ["ssh-ed25519", "ecdsa-sha2-nistp256"])
        let lines = keys.map { $0.knownHostsLine(host: "127.0.0.1", port: port) + "\n" }
        #expect(try lines.contains(fixture.server.knownHostsLine()))
        _ = try await fixture.connect(knownHosts: lines.joined())
    }

    @Test func `a server without a common algorithm is told which list`() async throws {
        let fixture = try await SSHFixture(options: ["Ciphers aes256-gcm@openssh.com"])
        let error = await #expect(throws: SSHError.self) { _ = try await fixture.connect() }
        #expect(error?.code == .noCommonAlgorithm)
        #expect(error?.message.hasPrefix("no common cipher: the server offers aes256-gcm@openssh.com, ") == true)
    }
}
