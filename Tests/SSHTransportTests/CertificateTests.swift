import ChildProcess
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// OpenSSH's certificates, which only the second door knows: an authority's word in place of a pin or an authorized key.
@Suite(.timeLimit(.minutes(2))) struct CertificateTests {
    /// Keys of an authority, which signs with them.
    private struct Authority {
        let folder = try? TemporaryFolder()
        private var place: TemporaryFolder { get throws { try #require(folder) } }
        var key: String { get throws { try place["ca"] } }
        var publicKey: String { get throws { try place.read("ca.pub") } }

        init() async throws { try await Self.keygen(["-q", "-t", "ed25519", "-N", "", "-C", "ca", "-f", try key]) }

        /// Signs `path.pub`; the certificate goes to `path-cert.pub`.
        func sign(_ path: String, for names: String, isHost: Bool = false, validity: String = "always:forever")
            async throws
        {
            try await Self.keygen(
                ["-q", "-s", try key, "-I", "test", "-n", names, "-V", validity] + (isHost ? ["-h"] : []) + [
                    "\(path).pub"
                ])
        }

        private static func keygen(_ words: [String]) async throws {
            let result = try await ChildCommand(
                "/usr/bin/ssh-keygen", words, environment: ["PATH": "/usr/bin:/bin"]
            ).run()
            try #require(result.ending.isSuccess, "\(result.errors.text)")
        }
    }

    /// A server that lets in whom the authority has signed, and nobody by his key alone, and whose own key is signed.
    private func signed(
        _ authority: Authority, hostNames: String = "127.0.0.1", validity: String = "always:forever"
    ) async throws -> SSHFixture {
        let trusted = try #require(authority.folder).write(try authority.publicKey, to: "trusted")
        // The server reads it for each connection, so that it may be made after the server.
        let certificate = try #require(authority.folder)["host-cert.pub"]
        let fixture = try await SSHFixture(
            options: ["TrustedUserCAKeys \(trusted)", "HostCertificate \(certificate)", "AuthorizedKeysFile none"],
            hostKeyTypes: ["ed25519"])
        let key = fixture.server.folder["host_ed25519"]
        try await authority.sign(key, for: hostNames, isHost: true, validity: validity)
        try FileManager.default.moveItem(atPath: "\(key)-cert.pub", toPath: certificate)
        return fixture
    }

    private func authorityLine(_ authority: Authority, _ fixture: SSHFixture) throws -> String {
        "@cert-authority [127.0.0.1]:\(fixture.server.port) \(try authority.publicKey)"
    }

    @Test func `a certificate beside the key lets in, and the host's own is believed in place of a pin`() async throws {
        let authority = try await Authority()
        let fixture = try await signed(authority)
        let pins = try authorityLine(authority, fixture)
        var error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(knownHosts: pins))
        }
        #expect(error?.code == .authenticationFailed)
        try await authority.sign(fixture.key, for: fixture.server.user)
        #expect(try await SSHDoor.program.open("echo in", on: fixture, .init(knownHosts: pins)).run().text == "in\n")
        #expect(fixture.server.log.contains("Accepted publickey for \(fixture.server.user)"))
        #expect(fixture.server.log.contains("ED25519-CERT"))
        // Without the authority's line the same host is unknown.
        error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(knownHosts: "# nothing\n"))
        }
        #expect(error?.code == .hostKeyUnknown)
    }

    @Test func `a certificate that the user's configuration names is used with the inventory's key`() async throws {
        let authority = try await Authority()
        let fixture = try await signed(authority)
        try await authority.sign(fixture.key, for: fixture.server.user)
        let elsewhere = fixture.server.folder["elsewhere"]
        try FileManager.default.moveItem(atPath: "\(fixture.key)-cert.pub", toPath: elsewhere)
        let wish = SSHDoor.Wish(
            knownHosts: try authorityLine(authority, fixture),
            configuration: "Host 127.0.0.1\n  CertificateFile \(elsewhere)\n")
        #expect(try await SSHDoor.program.open("echo in", on: fixture, wish).run().text == "in\n")
    }

    private func refusal(of fixture: SSHFixture, _ pins: String) async -> SSHError? {
        await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(knownHosts: pins))
        }
    }

    @Test func `a host's certificate for another name, or for another time, is not believed, and named as such`()
        async throws
    {
        let authority = try await Authority()
        let elsewhere = try await signed(authority, hostNames: "other.example.com")
        var error = await refusal(of: elsewhere, try authorityLine(authority, elsewhere))
        #expect(error?.code == .hostCertificateRefused)
        let line = "ca \(try authority.publicKey)"
        let fingerprint = try #require(KnownHostLine(line[...], file: "", number: 1)).key.fingerprint
        #expect(
            error?.message
                == "the host certificate of 127.0.0.1, \"test\", signed by ssh-ed25519 \(fingerprint), is for other names"
        )
        #expect(error?.hint?.contains("signed for 127.0.0.1 too") == true)
        let second = try await Authority()
        let former = try await signed(second, validity: "20200101:20200102")
        error = await refusal(of: former, try authorityLine(second, former))
        #expect(error?.code == .hostCertificateRefused)
        #expect(error?.message.hasSuffix(" is valid from 2020-01-01T00:00:00 to 2020-01-02T00:00:00") == true)
    }

    @Test func `a host's certificate of another authority is not believed, and both are named`() async throws {
        let (authority, other) = (try await Authority(), try await Authority())
        let fixture = try await signed(authority)
        let error = await refusal(of: fixture, try authorityLine(other, fixture))
        #expect(error?.code == .hostKeyUnknown)
        #expect(error?.message.contains("; its certificate \"test\" is signed by ssh-ed25519 SHA256:") == true)
        #expect(
            error?.message.hasSuffix(", which no @cert-authority line for [127.0.0.1]:\(fixture.server.port) names")
                == true)
    }

    @Test func `whatever a certificate is called, its words do not pass for the program's`() {
        let title = "x\" CA ssh-ed25519 SHA256:false valid forever"
        let line =
            "ssh-ed25519-cert-v01@openssh.com SHA256:a, serial 0 ID \"\(title)\" CA ssh-rsa SHA256:b valid after c"
        let certificate = ProgramCertificate(line)
        #expect(certificate?.title == title)
        #expect(certificate?.authority == "ssh-rsa SHA256:b")
        #expect(certificate?.validity == "after c")
        #expect(ProgramCertificate("") == nil)
        #expect(ProgramCertificate("SHA256:a ID \" CA valid ") == nil)
    }

    @Test func `an expired certificate is refused as any other sign-in`() async throws {
        let authority = try await Authority()
        let fixture = try await signed(authority)
        try await authority.sign(fixture.key, for: fixture.server.user, validity: "20200101:20200102")
        let pins = try authorityLine(authority, fixture)
        let error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(knownHosts: pins))
        }
        #expect(error?.code == .authenticationFailed)
    }
}
