import FleetModel
import Glibc
import SSHTransport
import Testing
import TestSupport

@testable import CertfleetCLI

/// What the operator reads when the transport fails.
@Suite(.timeLimit(.minutes(1))) struct TransportFaultTests {
    private let access = HostAccess(secrets: SecretStore([:]) { _ in nil }, ownKnownHosts: nil) { _ in }

    private func fault(
        _ address: String, port: Int, user: String = "svc", key: String = "/nonexistent",
        knownHosts: String = "/nonexistent"
    ) async throws -> Fault? {
        let host = Host(
            name: "fe01", fqdn: "fe01.example.com", address: address,
            ssh: SSHSettings(user: user, port: port, key: key, knownHosts: knownHosts),
            deadlines: Deadlines(connect: .seconds(1), signIn: .seconds(20)),
            place: SourcePlace(file: "fleet.yml", line: 9, column: 1))
        let inventory = Inventory(
            folder: "/nonexistent", file: "fleet.yml", organization: Organization(), sipDomains: [],
            topology: Topology(), secrets: [:], authorities: [:], pools: [], groups: [:], bastions: [])
        let signIn = HostSignIn(
            inventory: inventory, workers: try SSHWorkers(count: 1), secrets: SecretStore([:]) { _ in nil },
            access: access)
        return await #expect(throws: Fault.self) { _ = try await signIn.open("true", on: host) }
    }

    @Test func `a key that cannot be opened, or is of a type that is not taken, is a refusal with a code of its own`()
        async throws
    {
        let server = try await LoopbackSSHServer()
        let pins = try server.folder.write(server.knownHostsLine(), to: "pins")
        let locked = try await server.makeClientKey("locked", passphrase: "open sesame")
        let text = try server.folder.write("hello", to: "text")
        for (key, code) in [(locked, "ssh.passphrase-wrong"), (text, "ssh.key-unusable")] {
            let fault = try await fault(
                "127.0.0.1", port: Int(server.port), user: server.user, key: key, knownHosts: pins)
            #expect(fault?.code == code)
            #expect(fault?.kind == .refused)
        }
    }

    @Test func `each fault is the host's, with a code, a sentence and what to do`() async throws {
        let server = try await LoopbackSSHServer()
        let (hole, mail) = (
            try BlackHole(),
            try LoopbackListener { connection in
                _ = send(connection, "220 mail\r\n", 10, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        )
        let dead = try await LoopbackSSHServer()
        dead.stopListening()
        let rows: [(String, Int, String, String, String)] = [
            (
                "127.0.0.1", Int(hole.port), "ssh.timed-out", "127.0.0.1:\(hole.port) does not answer within 1 s",
                "is the address right (127.0.0.1), and does a firewall let us through?"
            ),
            (
                "no-such-host.invalid", 22, "ssh.unresolved", "no-such-host.invalid does not resolve",
                "see the host's address, fleet.yml:9:1"
            ),
            ("127.0.0.1", Int(mail.port), "ssh.not-ssh", "not an SSH server: \"220 mail\"", "check the port"),
            (
                "127.0.0.1", Int(server.port), "ssh.host-key-unknown",
                "the host key of [127.0.0.1]:\(server.port) is not pinned",
                "certfleet hostkeys scan fe01, compare the fingerprint on the server, then: certfleet hostkeys approve fe01"
            ),
            (
                "127.0.0.1", Int(dead.port), "ssh.refused", "nothing listens on 127.0.0.1:\(dead.port)",
                "is sshd running there? Start-Service sshd, and look at the firewall"
            ),
        ]
        for (address, port, code, message, hint) in rows {
            let fault = try await fault(address, port: port)
            #expect(fault?.code == code)
            #expect(fault?.host == "fe01")
            #expect(fault?.message.hasPrefix(message) == true, "\(fault?.message ?? "")")
            #expect(fault?.hint == hint)
            #expect(fault?.kind == (code.contains("host-key") ? .refused : .unreachable))
        }
        withExtendedLifetime((hole, mail)) {}
    }
}
