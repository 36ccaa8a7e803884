import Foundation
import TestSupport
import Testing

@testable import SSHTransport

extension FaultBench {
    // F4, F5, F6
    func signingIn() async throws -> [FaultRow] {
        let user = good.server.user
        let newKey = "make a key: ssh-keygen -t ed25519, and add its public half on the server"
        var rows: [FaultRow] = []
        if !LibSSH2Library.canSignWithRSA {
            let rsa = try await good.server.makeClientKey("rsa", type: "rsa")
            rows.append(
                FaultRow(
                    name: "F4 RSA user key", code: .keyTypeRefused,
                    message: "cannot sign in as \(user): key \(rsa): RSA keys need libssh2 1.11; use ed25519; "
                        + "the server takes publickey",
                    hint: newKey, provoke: try attempt(good, ways: [.key(path: rsa)])))
        }
        let locked = try await good.server.makeClientKey("locked", passphrase: "open sesame")
        rows.append(
            FaultRow(
                name: "F5 bad passphrase", code: .passphraseWrong,
                message: "cannot sign in as \(user): key \(locked): the passphrase is wrong; "
                    + "the server takes publickey",
                hint: "try it: ssh-keygen -y -f \(locked)",
                provoke: try attempt(good, ways: [.key(path: locked) { Array("close sesame".utf8) }])))
        let guarded = try await SSHFixture()
        let banner = try guarded.server.folder.write("Authorised staff only.\n\tOr else.\n", to: "banner")
        let config = try guarded.server.folder.read("sshd_config")
        try guarded.server.folder.write("Banner \(banner)\nMaxAuthTries 3\n" + config, to: "sshd_config")
        let first = try await good.server.makeClientKey("stranger")
        let second = try await good.server.makeClientKey("another")
        let third = try await good.server.makeClientKey("one more")
        rows.append(
            FaultRow(
                name: "F6 refused, with a banner", code: .authenticationFailed,
                message: "the server refused \(user), it does not say why: key \(first) refused; it takes publickey; "
                    + "its banner: \"Authorised staff only. Or else.\"",
                hint: "the public key may be missing on the server, or its file readable by others there",
                provoke: try attempt(guarded, ways: [.key(path: first)])))
        rows.append(
            FaultRow(
                name: "F6 refused, with a reason", code: .authenticationFailed,
                message: "the server refused \(user): \"Too many authentication failures\": key \(first) refused; "
                    + "key \(second) refused; its banner: \"Authorised staff only. Or else.\"",
                hint: "the public key may be missing on the server, or its file readable by others there",
                provoke: try attempt(guarded, ways: [.key(path: first), .key(path: second), .key(path: third)])))
        let waiting = try await PasswordServer()
        let known = try await waiting.knownHosts()
        let limit = FaultTableTests.short
        let account = "check the account: name, key or password, locked, expired, allowed to sign in over SSH"
        for (name, user, code, message, hint) in [
            (
                "wrong password", "word", SSHError.Code.authenticationFailed,
                "the server refused word, it does not say why: password refused; it takes password", account
            ),
            (
                "locked, and it says so", "gone", .authenticationFailed,
                "the server refused gone: \"Your account is locked.\": keyboard-interactive refused; "
                    + "it takes keyboard-interactive", account
            ),
            (
                "expired password", "old", .passwordExpired, "the password of old has expired",
                "change it on the server, or in the domain"
            ),
            (
                "nothing that it takes", "ask", .noMethod,
                "cannot sign in as ask: password: not offered; the server takes keyboard-interactive",
                "see auth, key and password of the inventory's ssh"
            ),
        ] {
            let secret: SSHSecretSource = { Array("wrong".utf8) }
            let ways: [SSHAuthentication] = user == "gone" ? [.keyboardInteractive(secret)] : [.password(secret)]
            rows.append(
                FaultRow(name: "F6 \(name)", code: code, message: message, hint: hint) { worker in
                    _ = try await SSHFixture.connect(
                        port: waiting.port, user: user, knownHosts: known, authentication: ways,
                        deadlines: FaultTableTests.slow, on: worker)
                })
        }
        rows.append(
            FaultRow(
                name: "F6 nobody types the password", code: .unattended,
                message: "sign-in was not done within \(limit.words): no password came", deadline: limit
            ) { worker in
                _ = try await SSHFixture.connect(
                    port: waiting.port, user: "word", knownHosts: known,
                    authentication: [.password { await forever() }],
                    deadlines: FaultTableTests.hurried(\.signIn), on: worker)
            })
        return rows
    }

    private static let log = "its log says why; it may be starting, or limit connections (MaxStartups)"

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

    // F20, F21, F37
    func losses() async throws -> [FaultRow] {
        let log = Self.log
        let (user, key, line) = (good.server.user, good.key, try good.server.knownHostsLine())
        let name = "[127.0.0.1]:\(good.server.port)"
        /// Through a relay, under the name of the server behind it.
        @Sendable func connect(_ relay: LoopbackRelay, _ worker: SSHWorker) async throws -> SSHSession {
            let line = line.replacingOccurrences(of: name, with: "[127.0.0.1]:\(relay.port)")
            return try await SSHFixture.connect(
                port: relay.port, user: user, knownHosts: line, authentication: [.key(path: key)],
                deadlines: FaultTableTests.slow, on: worker)
        }
        let port = good.server.port
        let short = try LoopbackRelay(to: port) { _ in .init(limit: 700, ending: .reset) }
        let (killed, after) = (try await SSHFixture(), try await SSHFixture())
        let (frozen, closing) = (try await SSHFixture(), try await SSHFixture())
        let limit = FaultTableTests.short
        let up = "see whether the host is up and its SSH service runs"
        return [
            FaultRow(
                name: "F20 reset in the handshake", code: .handshakeFailed,
                message: "the server ended the connection during the handshake", hint: log
            ) { _ = try await connect(short, $0) },
            FaultRow(
                name: "F20 lost before the answer", code: .connectionLost, message: "connection lost during read",
                hint: up
            ) { worker in
                let channel = try await killed.connected(on: worker).openExec("echo begun; cat")
                let begun = try await channel.read()
                killed.server.killConnections()
                let output = try await channel.read()
                throw SSHError(.sessionClosed, "read", "it read \(begun), then \(output)")
            },
            FaultRow(
                name: "F20 lost after the answer", code: .connectionLost,
                message: "connection lost during open channel", hint: up
            ) { worker in
                let session = try await after.connected(on: worker)
                guard try await session.run("echo done").text == "done\n" else { return }
                after.server.killConnections()
                _ = try await session.openExec("true")
            },
            FaultRow(
                name: "F21 frozen peer", code: .unresponsive,
                message: "open channel was not done within \(limit.words)", deadline: limit
            ) { worker in
                let session = try await frozen.connected(on: worker, FaultTableTests.hurried(\.channel))
                frozen.server.freezeConnections()
                defer { frozen.server.killConnections() }
                _ = try await session.openExec("true")
            },
            FaultRow(name: "F37 the listener is gone", code: .sessionClosed, message: "it works") { worker in
                let session = try await closing.connected(on: worker)
                closing.server.stopListening()
                if try await session.run("echo on").text == "on\n" {
                    throw SSHError(.sessionClosed, "run", "it works")
                }
            },
        ]
    }
}

extension SSHFixture {
    /// On a worker of the caller's, and with patience.
    func connected(on worker: SSHWorker, _ deadlines: SSHDeadlines = FaultTableTests.slow) async throws -> SSHSession {
        try await Self.connect(
            port: server.port, user: server.user, knownHosts: server.knownHostsLine(),
            authentication: [.key(path: key)], deadlines: deadlines, on: worker)
    }
}

/// A connection that has been greeted and says nothing, and so takes up the server's one place for newcomers.
final class Occupant: Sendable {
    private let descriptor: Int32

    init(of port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var byte: UInt8 = 0
        guard result == 0, recv(descriptor, &byte, 1, 0) == 1 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(descriptor) }
}

/// Ends only when the task is cancelled.
func forever() async -> [UInt8] {
    let (never, end) = AsyncStream.makeStream(of: Void.self)
    for await _ in never {}
    withExtendedLifetime(end) {}
    return []
}
