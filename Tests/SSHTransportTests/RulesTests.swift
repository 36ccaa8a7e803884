import CLinux
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// Rules that no other suite is about.
@Suite(.timeLimit(.minutes(2))) struct RulesTests {
    @Test(arguments: SSHDoor.allCases)
    func `a command never has a terminal`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let ended = try await door.open("tty; test -t 0 -o -t 1 -o -t 2; echo $?; echo ${SSH_TTY-none}", on: fixture)
            .run()
        #expect(ended.text == "not a tty\n1\nnone\n")
    }

    @Test func `every phase has a deadline unless told otherwise`() {
        let deadlines = SSHDeadlines()
        #expect(deadlines.connect == .seconds(10))
        #expect(deadlines.handshake == .seconds(15))
        #expect(deadlines.signIn == .seconds(30))
        #expect(deadlines.channel == .seconds(15))
        #expect(deadlines.close == .seconds(3))
    }

    @Test func `ways to sign in are tried in the order given, whichever the server would like better`() async throws {
        let server = try await PasswordServer()
        let known = try await server.knownHosts()
        let right: SSHSecretSource = { Array("correct".utf8) }
        let wrong: SSHSecretSource = { Array("wrong".utf8) }
        func method(_ ways: [SSHAuthentication]) async throws -> String {
            let session = try await SSHFixture.connect(
                port: server.port, user: "both", knownHosts: known, authentication: ways, on: kept(SSHWorker()))
            defer { Task { await session.close() } }
            return await session.acceptedMethod
        }
        #expect(try await method([.password(right), .keyboardInteractive(right)]) == "password")
        #expect(try await method([.keyboardInteractive(right), .password(right)]) == "keyboard-interactive")
        #expect(try await method([.password(wrong), .keyboardInteractive(right)]) == "keyboard-interactive")
        #expect(server.attempts(of: "both") == ["correct", "correct", "wrong", "correct"])
        // Keys too: the first of them that is let in is the one that is used.
        let fixture = try await SSHFixture()
        let second = try await fixture.server.makeClientKey("second")
        for (first, other) in [(fixture.key, second), (second, fixture.key)] {
            let session = try await fixture.connect(authentication: [.key(path: first), .key(path: other)])
            await session.close()
        }
        try await fixture.server.connectionsEnded()
        let accepted = fixture.server.log.split(whereSeparator: \.isNewline).filter {
            $0.contains("Accepted publickey")
        }
        #expect(accepted.count == 2, "\(accepted)")
        #expect(accepted.first?.suffix(43) != accepted.last?.suffix(43))
    }

    @Test func `a password is not shown again when the server hangs up on it`() async throws {
        let fixture = try await SSHFixture(options: ["PasswordAuthentication yes", "MaxAuthTries 1"])
        let wrong: SSHSecretSource = { Array("wrong".utf8) }
        let error = await #expect(throws: SSHError.self) {
            _ = try await fixture.connect(authentication: [.password(wrong), .password(wrong)])
        }
        #expect(error?.passwordWasRefused == true)
        #expect(fixture.server.connectionCount == 1)
        try await fixture.server.connectionsEnded()
        #expect(fixture.server.log.components(of: "Failed password") <= 1)
    }

    @Test func `a session between two steps holds none of what went through it`() async throws {
        await #expect(processExitsWith: .success) {
            let fixture = try await SSHFixture()
            var open: [(SSHSession, SSHChannel)] = []
            // glibc counts what each thread has put aside as in use: among so many sessions that is little for each.
            for _ in 0..<40 {
                let session = try await fixture.connect()
                open.append((session, try await session.openExec("cat")))
            }
            let block = [UInt8](repeating: 7, count: 1 << 18)
            @Sendable func step(_ channel: SSHChannel) async throws {
                async let written: Void = channel.write(block)
                var count = 0
                while count < block.count {
                    guard case .output(let bytes) = try await channel.read() else { break }
                    count += bytes.count
                }
                try await written
                precondition(count == block.count)
            }
            // The first time brings what stays for all: the worker's buffer, the tables.
            try await step(open[0].1)
            let before = linux_heap_in_use()
            for (_, channel) in open.dropFirst() { try await step(channel) }
            let growth = (Int(linux_heap_in_use()) - Int(before)) / (open.count - 1)
            precondition(growth < 4096 || Effort.isSanitized, "\(growth) bytes more for each session")
            for (session, _) in open {
                let kept = await session.keptOfOpening
                precondition(kept == 0, "\(kept ?? -1) bytes of the opening are kept")
            }
            withExtendedLifetime(open) {}
        }
    }

    @Test func `revoked keys are refused under patterns and hashed names too`() throws {
        let blob = WireReader.string(Array("ssh-ed25519".utf8)) + WireReader.string([UInt8](repeating: 1, count: 32))
        let key = try #require(HostKey(blob: blob))
        let text = Base64.encode(blob)
        // `|1|…` is a.example.com under the salt 0, 1, 2 … 19.
        let hashed = "|1|\(Base64.encode((0..<20).map { UInt8($0) }))|zGDjsDoiXdwmbFI7KtjEGpBpzG0="
        for names in ["*", "a.example.com", "*.example.com,!b.example.com", hashed, "A.EXAMPLE.COM"] {
            let policy = HostKeyPolicy(
                text: "a.example.com ssh-ed25519 \(text)\n@revoked \(names) ssh-ed25519 \(text) note\n", file: "kh")
            let error = #expect(throws: SSHError.self) {
                try HostKeyPolicy.check(
                    key, against: policy.pins(for: "a.example.com", port: 22),
                    for: SSHEndpoint(host: "a.example.com", user: "x"))
            }
            #expect(error?.code == .hostKeyRevoked, "\(names)")
        }
        // A line of ports is of that port only, and an authority's key pins nothing.
        let odd = HostKeyPolicy(
            text: "[*.example.com]:2222 ssh-ed25519 \(text)\n@cert-authority * ssh-ed25519 \(text)\n", file: "kh")
        #expect(odd.pins(for: "a.example.com", port: 2222).count == 1)
        #expect(odd.pins(for: "a.example.com", port: 22).isEmpty)
    }

    @Test func `numbers at the ends of what a number can be have a meaning too`() {
        for number in [Int32.min, Int32.max, 0, 1, -53, -1001] {
            #expect(LibSSH2Error.code(for: number) == .libraryFailure)
        }
    }
}

extension SSHSession {
    var keptOfOpening: Int? { resources.handle?.memory.opening.capacity }
}
