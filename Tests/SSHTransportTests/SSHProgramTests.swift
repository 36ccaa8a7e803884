import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What only the second door has: servers that the library cannot speak with, the program's own words.
@Suite(.timeLimit(.minutes(2))) struct SSHProgramTests {
    /// Servers with which libssh2 1.10 has a list without a common name.
    struct Hardened: Sendable, CustomTestStringConvertible {
        var option: String
        var list: String
        var testDescription: String { option }
    }

    static let hardened = [
        Hardened(option: "Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com", list: "cipher"),
        Hardened(option: "MACs hmac-sha2-256-etm@openssh.com", list: "MAC"),
        Hardened(option: "KexAlgorithms sntrup761x25519-sha512@openssh.com", list: "key exchange"),
    ]

    @Test(arguments: hardened)
    func `where the first door names the list that did not meet, the second gets in`(_ server: Hardened) async throws {
        let fixture = try await SSHFixture(options: [server.option])
        let knows = LibSSH2Library.abilities
        let words = server.option.split(separator: " ")[1].split(separator: ",").map(String.init)
        // A later libssh2 may speak it.
        if Set(knows.ciphers + knows.macs + knows.keyExchanges).isDisjoint(with: words) {
            let error = await #expect(throws: SSHError.self) { try await SSHDoor.library.open("true", on: fixture) }
            #expect(error?.code == .noCommonAlgorithm)
            #expect(
                error?.message.hasPrefix("no common \(server.list): the server offers \(words.joined(separator: ","))")
                    == true)
            #expect(error?.hint?.contains("transport: ssh") == true)
        }
        #expect(try await SSHDoor.program.open("echo in", on: fixture).run().text == "in\n")
    }

    @Test func `rsa-sha2 host keys, which the library lacks, are checked`() async throws {
        let fixture = try await SSHFixture(
            options: ["HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256"], hostKeyTypes: ["rsa"])
        let pin = try fixture.server.knownHostsLine(type: "rsa")
        #expect(try await SSHDoor.program.open("echo in", on: fixture, .init(knownHosts: pin)).run().text == "in\n")
    }

    @Test func `a list in which the program has nothing in common is named too`() async throws {
        let fixture = try await SSHFixture(options: ["Ciphers aes256-gcm@openssh.com"])
        let error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(configuration: "Ciphers aes128-ctr\n"))
        }
        #expect(error?.code == .noCommonAlgorithm)
        #expect(error?.message == "no common cipher: the server offers aes256-gcm@openssh.com")
    }

    @Test func `a configuration's habits for a terminal do not get in the way`() async throws {
        let fixture = try await SSHFixture()
        let configuration = """
            Host *
              RequestTTY force
              RemoteCommand uname
              HostName 192.0.2.1
              StrictHostKeyChecking no
              UserKnownHostsFile /dev/null
              ControlMaster auto
              ControlPath \(fixture.server.folder["socket"])
              LogLevel QUIET
              BatchMode no

            """
        let ended = try await SSHDoor.program.open("echo in", on: fixture, .init(configuration: configuration)).run()
        #expect(ended.text == "in\n")
        #expect(!FileManager.default.fileExists(atPath: fixture.server.folder["socket"]))
        let error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open(
                "true", on: fixture, .init(knownHosts: "# nothing\n", configuration: configuration))
        }
        #expect(error?.code == .hostKeyUnknown)
    }

    @Test func `without the program the fault says so`() async throws {
        let fixture = try await SSHFixture()
        let error = await #expect(throws: SSHError.self) {
            try await SSHDoor.program.open("true", on: fixture, .init(program: "no-such-ssh"))
        }
        #expect(error?.code == .noProgram)
    }

    @Test func `one key of the agent is offered when the inventory names it`() async throws {
        let fixture = try await SSHFixture()
        let other = try await fixture.server.makeClientKey("other")
        let agent = try await TestAgent(keys: [other, fixture.key], folder: fixture.server.folder)
        let key = try #require(try await SSHAgent(socket: agent.socket).keys().last)
        var program = try SSHDoor.program(fixture)
        program.environment["SSH_AUTH_SOCK"] = agent.socket
        let hop = SSHProgram.Hop(
            SSHEndpoint(host: "127.0.0.1", port: fixture.server.port, user: fixture.server.user),
            knownHosts: [try fixture.server.folder.write(try fixture.server.knownHostsLine(), to: "pins")],
            keys: [.agent(fingerprint: key.fingerprint)])
        let channel = try await program.run("echo in", on: hop, worker: fixture.worker)
        #expect(await channel.acceptedMethod == "publickey")
        #expect(await channel.serverBanner.hasPrefix("SSH-2.0-OpenSSH_"))
        #expect(try await OpenDoor(command: channel, session: nil).run().text == "in\n")
        let offered = fixture.server.log.split(separator: "\n").filter { $0.contains("publickey for") }
        _ = agent
        #expect(!offered.isEmpty && offered.allSatisfy { $0.contains(key.fingerprint) }, "\(offered)")
    }

    @Test func `all keys of a host are shown, pinned or not, and none is taken`() async throws {
        let fixture = try await SSHFixture(
            options: ["Ciphers aes256-gcm@openssh.com"], hostKeyTypes: ["ed25519", "rsa"])
        var target = try fixture.hop()
        target.knownHosts = [try fixture.server.folder.write("", to: "empty")]
        let bastion = try await SSHFixture()
        let program = try SSHDoor.program(fixture)
        for way in [[], [try bastion.hop()]] {
            let keys = try await program.hostKeys(of: target, through: way, worker: fixture.worker)
            #expect(keys.map(\.type) == ["ssh-ed25519", "ssh-rsa"])
            let pins = HostKeyPolicy(
                text: try fixture.server.knownHostsLine() + fixture.server.knownHostsLine(type: "rsa"), file: "pins")
            #expect(pins.pins(for: "127.0.0.1", port: fixture.server.port).map(\.key) == keys)
        }
        #expect(try fixture.server.folder.read("empty").isEmpty)
        let dead = try DeadPort()
        target.endpoint.port = dead.port
        let error = await #expect(throws: SSHError.self) {
            _ = try await program.hostKeys(of: target, worker: fixture.worker)
        }
        #expect(error?.code == .refused)
    }
}

/// What is read from the program's log.
struct ProgramLogTests {
    private func failure(_ lines: String...) -> SSHError {
        var log = ProgramLog()
        for line in lines { log.append(Array((line + "\r\n").utf8)) }
        return log.failure(for: SSHEndpoint(host: "h", port: 22, user: "me"))
    }

    @Test func `unknown words are quoted with how far it had come`() {
        let early = failure("Bad owner or permissions on /home/me/.ssh/config")
        #expect(early.code == .libraryFailure)
        #expect(
            early.message
                == "the ssh program ended during connect: \"Bad owner or permissions on /home/me/.ssh/config\"")
        let late = failure("debug1: Connection established.", "ssh_dispatch_run_fatal: \u{1b}[31minternal error")
        #expect(late.code == .handshakeFailed)
        #expect(late.message.hasSuffix("\"ssh_dispatch_run_fatal: [31minternal error\""), "\(late.message)")
        #expect(failure().message == "the ssh program ended during connect without a word")
    }

    @Test func `lines may be split anywhere and are cut when they have no end`() {
        var log = ProgramLog()
        let text = "debug1: Connection established.\r\nAuthenticated to h ([1]:22) using \"publickey\".\r\n"
        for byte in text.utf8 { log.append([byte]) }
        #expect(log.acceptedMethod == "publickey")
        log.append([UInt8](repeating: 65, count: 1 << 20))
        log.append(Array("\ndebug1: Exit status 0\n".utf8))
        #expect(log.hasEnded)
        #expect(log.said.count == 1 && log.said[0].utf8.count <= 4096)
    }

    @Test func `systems' reasons for not reaching a host become the first door's codes`() {
        #expect(failure("ssh: connect to host h port 22: Connection timed out").code == .timedOut)
        #expect(failure("ssh: connect to host h port 22: No route to host").code == .unreachable)
        #expect(
            failure("ssh: connect to host h port 22: No route to host").message == "no way to h:22: No route to host")
        #expect(
            failure("debug1: Connection established.", "Connection timed out during banner exchange").code
                == .handshakeTimedOut)
        let shed = failure(
            "debug1: Connection established.",
            "debug1: kex_exchange_identification: banner line 0: Exceeded MaxStartups",
            "kex_exchange_identification: Connection closed by remote host")
        #expect(shed.code == .tooManyConnections)
        #expect(shed.mayBeShed)
    }

    @Test func `which way a bastion did not open is read from old and new logs, several at once`() {
        var log = ProgramLog()
        let bastion = SSHEndpoint(host: "b", port: 22, user: "me", title: "dmz")
        let lines = [
            "debug1: channel_connect_stdio_fwd a:22", "debug1: channel 2: new [stdio-forward]",
            "debug1: channel_connect_stdio_fwd: b:22",
            "debug1: channel 3: new stdio-forward [stdio-forward] (inactive timeout: 0)",
            "channel 3: open failed: administratively prohibited: open failed",
            "channel 2: open failed: connect failed: Connection refused",
            "debug1: channel 2: free: direct-tcpip: listening port 0 for a port 22",
            "debug1: channel 3: free: direct-tcpip: listening port 0 for b port 22",
            // Not a way, and a number that was one.
            "channel 2: open failed: resource shortage",
        ]
        for line in lines { log.append(Array((line + "\r\n").utf8)) }
        #expect(log.wayFailure(through: bastion, to: "a:22")?.code == .unreachable)
        #expect(log.wayFailure(through: bastion, to: "b:22")?.code == .bastionRefuses)
        #expect(log.wayFailure(through: bastion, to: "c:22") == nil)
        // A later try is not yet known to fail.
        log.append(Array("debug1: channel_connect_stdio_fwd: a:22\ndebug1: channel 2: new [x]\n".utf8))
        #expect(log.wayFailure(through: bastion, to: "a:22") == nil)
    }

    @Test func `a server of version 1, a key of a type that is not taken, and no command have their codes`() {
        #expect(failure("Protocol major versions differ: 2 vs. 1").code == .versionTooOld)
        let start = "debug1: Authentications that can continue: publickey"
        let next = "debug1: Next authentication method: publickey"
        let denied = "me@h: Permission denied (publickey)."
        let skipped = "debug1: Skipping ssh-rsa key /k - corresponding algo not in PubkeyAcceptedAlgorithms"
        #expect(failure(skipped, start, next, denied).code == .keyTypeRefused)
        #expect(
            failure(start, next, "sign_and_send_pubkey: no mutual signature supported", denied).code == .keyTypeRefused)
        let error = failure(start, next, "debug1: send_pubkey_test: no mutual signature algorithm", denied)
        #expect(error.code == .keyTypeRefused)
        #expect(error.message == "cannot sign in as me: keys of this type are not taken; the server takes publickey")
        // Once the server has refused something, that is what is said.
        #expect(failure(skipped, start, next, start, denied).code == .authenticationFailed)
        #expect(failure(start, next, denied).code == .keyUnusable)
        #expect(failure(start, denied).code == .noMethod)
        let command = failure(
            start, "Authenticated to h ([1]:22) using \"publickey\".", "exec request failed on channel 0")
        #expect(command.code == .commandRefused)
    }

    @Test func `too many keys are a refusal, not a lost connection`() {
        let error = failure(
            "debug1: Connection established.", "debug1: Authentications that can continue: publickey",
            "Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures",
            "Disconnected from 127.0.0.1 port 22")
        #expect(error.code == .authenticationFailed)
        #expect(error.message.contains("Too many authentication failures"))
    }

    @Test func `a ticket is asked for by name, in the inventory's order, and otherwise left to the configuration`() {
        func preferred(_ keys: SSHProgram.Key...) -> [String] {
            let hop = SSHProgram.Hop(SSHEndpoint(host: "h", user: "me"), knownHosts: [], keys: keys)
            let words = ProgramArguments(configuration: nil, log: "log", identities: [], way: nil)
                .command("true", on: hop)
            return words.filter { $0.hasPrefix("PreferredAuthentications=") || $0.hasPrefix("GSSAPI") }
        }
        let asked = "GSSAPIAuthentication=yes"
        #expect(preferred(.gssapi) == [asked, "PreferredAuthentications=gssapi-with-mic"])
        #expect(
            preferred(.file("k"), .agent(fingerprint: nil), .gssapi)
                == [asked, "PreferredAuthentications=publickey,gssapi-with-mic"])
        #expect(
            preferred(.gssapi, .file("k")) == [asked, "PreferredAuthentications=gssapi-with-mic,publickey"])
        #expect(preferred(.file("k")) == [])
    }

    @Test func `words of the shell are quoted, and the program's percent signs doubled`() {
        #expect(ProgramArguments.quoted("it's") == "'it'\\''s'")
    }
}
