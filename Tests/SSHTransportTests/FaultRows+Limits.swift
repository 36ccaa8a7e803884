import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The server answers, and not as one would like.
extension FaultBench {
    static let log = "its log says why; it may be starting, or limit connections (MaxStartups)"

    // F7, F8
    func limits() async throws -> [FaultRow] {
        let crowded = try ListeningSSHServer(like: good, options: ["MaxStartups=1"])
        let first = try Occupant(of: crowded.port)
        let single = try await SSHFixture(options: ["MaxSessions 1"])
        let forced = try await SSHFixture(options: ["ForceCommand echo noise"])
        let idle = try await PasswordServer()
        let known = try await idle.knownHosts()
        let line = try single.server.knownHostsLine()
        return [
            FaultRow(
                name: "F7 MaxStartups", code: .tooManyConnections,
                message: "the server limits connections: \"Exceeded MaxStartups\"",
                hint: "try again later, or raise MaxStartups in its sshd_config"
            ) {
                // It is tried again and again, as long as to connect may take.
                try await attempt(at: crowded.port, FaultTableTests.hurried(\.connect))($0)
                withExtendedLifetime((crowded, first)) {}
            },
            FaultRow(
                name: "F8 MaxSessions", code: .channelRefused, message: "the server allows no further channel",
                hint: "check MaxSessions in its sshd_config"
            ) { worker in
                let session = try await SSHFixture.connect(
                    port: single.server.port, user: single.server.user, knownHosts: line,
                    authentication: [.key(path: single.key)], deadlines: FaultTableTests.slow, on: worker)
                let channel = try await session.openExec("cat")
                do {
                    _ = try await session.openExec("cat")
                } catch {
                    try await channel.write([1])
                    guard try await channel.read() == .output([1]) else { return }
                    throw error
                }
            },
            FaultRow(
                name: "F8 no command", code: .commandRefused, message: "the server refuses to run a command",
                hint: "see ForceCommand in its sshd_config, and the account's shell there"
            ) { worker in
                let session = try await SSHFixture.connect(
                    port: idle.port, user: "idle", knownHosts: known,
                    authentication: [.password { Array("correct".utf8) }], deadlines: FaultTableTests.slow, on: worker)
                _ = try await session.openExec("true")
            },
            FaultRow(name: "ForceCommand's noise", code: .sessionClosed, message: "noise") { worker in
                let text = try await forced.connected(on: worker).run("true").text
                throw SSHError(.sessionClosed, "run", text.trimmingCharacters(in: .newlines))
            },
        ]
    }

    // F9
    func greetings() async throws -> [FaultRow] {
        let log = Self.log
        let mail = try server(saying: "220 mail.example.com ESMTP\r\n")
        let long = try server(saying: "SSH-2.0-\(String(repeating: "x", count: 392))\r\n", hangsUp: false)
        let brief = try server(saying: "SSH-2.0-Brief\r\n")
        let mute = try server(saying: "")
        let talkative = try await LoopbackSSHServer(preamble: "Welcome.\r\nBe good.\r\n")
        let key = try await talkative.makeClientKey("client")
        let line = try talkative.knownHostsLine()
        var rows = [
            FaultRow(
                name: "F9 not SSH", code: .notSSH, message: "not an SSH server: \"220 mail.example.com ESMTP\"",
                hint: "check the port"
            ) {
                try await attempt(at: mail.port)($0)
                withExtendedLifetime(mail) {}
            },
            FaultRow(
                name: "F9 closed after its version", code: .handshakeFailed,
                message: "the server ended the connection during the handshake", hint: log
            ) {
                try await attempt(at: brief.port)($0)
                withExtendedLifetime(brief) {}
            },
            FaultRow(
                name: "F9 closed at once", code: .turnedAway,
                message: "the server ended the connection without a word",
                hint: "it may limit connections (MaxStartups) or refuse this address"
            ) {
                try await attempt(at: mute.port)($0)
                withExtendedLifetime(mute) {}
            },
            FaultRow(name: "F9 lines before its version", code: .sessionClosed, message: "it works") { worker in
                let session = try await SSHFixture.connect(
                    port: talkative.port, user: talkative.user, knownHosts: line, authentication: [.key(path: key)],
                    deadlines: FaultTableTests.slow, on: worker)
                if try await session.run("echo on").text == "on\n" {
                    throw SSHError(.sessionClosed, "run", "it works")
                }
            },
        ]
        if !LibSSH2Library.canSignWithRSA {
            rows.append(
                FaultRow(
                    name: "F9 long version", code: .versionTooLong,
                    message: "the server's version line is too long for this build: 400 characters",
                    hint: "connect by the system's ssh (transport: ssh), or shorten VersionAddendum on the server"
                ) {
                    try await attempt(at: long.port)($0)
                    withExtendedLifetime(long) {}
                })
        }
        return rows
    }
}
