import ChildProcess
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// One fault, and what has to be said about it.
struct FaultRow: Sendable {
    var name: String
    var code: SSHError.Code
    /// Word for word.
    var message: String
    var hint: String?
    /// The deadline that decides, and the only one that is short; nil: the fault shows by itself, before any.
    var deadline: Duration?
    var provoke: @Sendable (SSHWorker) async throws -> Void
}

/// Every fault of the list that is the transport's, all at once, beside a hundred sessions that have none.
@Suite(.timeLimit(.minutes(2))) struct FaultTableTests {
    static let short = Duration.milliseconds(700)
    /// All deadlines but the one that is meant.
    static let patient = Duration.seconds(60)
    /// What may pass beyond a deadline, or without one, on a busy machine: far less than the other deadlines.
    static let grace = Duration.seconds(30)

    static let slow = SSHDeadlines(
        connect: patient, handshake: patient, signIn: patient, channel: patient, close: patient)

    /// One phase is hurried.
    static func hurried(_ phase: WritableKeyPath<SSHDeadlines, Duration>) -> SSHDeadlines {
        var deadlines = slow
        deadlines[keyPath: phase] = short
        return deadlines
    }

    @Test func `each fault has its code, sentence and hint in its time, and a hundred healthy hosts do not notice`()
        async throws
    {
        let bench = try await FaultBench()
        let rows = try await bench.rows()
        Self.checkCodes(of: rows)
        let workers = try OpenWorkers()
        let news = Broadcast(to: 100)
        let faults = Task {
            await withTaskGroup(of: (FaultRow, (any Error)?, Duration).self) { group in
                for row in rows {
                    let worker = workers.next()
                    group.addTask(executorPreference: worker) {
                        let start = ContinuousClock.now
                        do {
                            try await row.provoke(worker)
                            return (row, nil, ContinuousClock.now - start)
                        } catch {
                            return (row, error, ContinuousClock.now - start)
                        }
                    }
                }
                var ended: [(FaultRow, (any Error)?, Duration)] = []
                for await row in group {
                    ended.append(row)
                    news.send()
                }
                news.finish()
                return ended
            }
        }
        let healthy = try await bench.healthy(100, on: workers, hearing: news)
        #expect(healthy == 100)
        for (row, error, time) in await faults.value {
            let error = error as? SSHError
            #expect(error?.code == row.code, "\(row.name): \(String(describing: error))")
            #expect(error?.message == row.message, "\(row.name)")
            #expect(error?.hint == row.hint, "\(row.name)")
            #expect(time >= row.deadline ?? .zero, "\(row.name)")
            #expect(time < (row.deadline ?? .zero) + Self.grace, "\(row.name)")
            if Effort.isLong {
                print("\(row.name): \(row.code.rawValue), \(time), deadline \(row.deadline ?? Self.patient)")
            }
        }
    }
}

extension FaultTableTests {
    /// Two faults share a code only when the same is to be done about them.
    private static func checkCodes(of rows: [FaultRow]) {
        // What only looks like a fault has none.
        let faults = rows.filter { $0.code != .sessionClosed }
        for (code, rows) in Dictionary(grouping: faults, by: \.code) {
            let hints = Set(rows.map { $0.hint ?? "" })
            // The server does not say why it refuses: not which of an account's ills it is, and not whether a key is at fault.
            #expect(hints.count == (code == .authenticationFailed ? 2 : 1), "\(code.rawValue): \(hints)")
        }
    }
}

/// The servers that the faults need.
struct FaultBench {
    let good: SSHFixture

    init() async throws { good = try await SSHFixture() }

    /// Sessions that speak before the faults, when each of them has ended, and after all; the answer is how many got all
    /// of it right, without waiting.
    func healthy(_ count: Int, on workers: OpenWorkers, hearing news: Broadcast) async throws -> Int {
        let fixture = good
        return await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                let worker = workers.next()
                group.addTask(executorPreference: worker) {
                    do {
                        let session = try await SSHFixture.connect(
                            port: fixture.server.port, user: fixture.server.user,
                            knownHosts: fixture.server.knownHostsLine(), authentication: [.key(path: fixture.key)],
                            deadlines: FaultTableTests.slow, on: worker)
                        let channel = try await session.openExec("cat")
                        func speak(_ word: String) async throws -> Bool {
                            let start = ContinuousClock.now
                            try await channel.write(Array(word.utf8))
                            let isRight = try await channel.read() == .output(Array(word.utf8))
                            return isRight && start.duration(to: .now) < FaultTableTests.grace
                        }
                        guard try await speak("before \(number)") else { return false }
                        for await _ in news.streams[number] {
                            guard try await speak("beside \(number)") else { return false }
                        }
                        guard try await speak("after \(number)") else { return false }
                        try await channel.closeInput()
                        let isEnded = try await channel.read() == .end
                        let status = await channel.close()?.status
                        await session.close()
                        return isEnded && status == 0
                    } catch {
                        Issue.record("\(number): \(error)")
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    func rows() async throws -> [FaultRow] {
        try await connecting() + algorithms() + hostKeys() + signingIn() + limits() + greetings() + losses()
    }

    func attempt(
        at port: UInt16, _ deadlines: SSHDeadlines = FaultTableTests.slow
    ) -> @Sendable (SSHWorker) async throws -> Void {
        { _ = try await SSHFixture.connect(port: port, deadlines: deadlines, on: $0) }
    }

    func attempt(
        _ fixture: SSHFixture, knownHosts: String? = nil, ways: [SSHAuthentication]? = nil,
        _ deadlines: SSHDeadlines = FaultTableTests.slow
    ) throws -> @Sendable (SSHWorker) async throws -> Void {
        let known = try knownHosts ?? fixture.server.knownHostsLine()
        let ways = ways ?? [.key(path: fixture.key)]
        return { worker in
            _ = try await SSHFixture.connect(
                port: fixture.server.port, user: fixture.server.user, knownHosts: known, authentication: ways,
                deadlines: deadlines, on: worker)
        }
    }

    // F1, F40
    private func connecting() async throws -> [FaultRow] {
        let (dead, hole, mute) = (try await deadPort(), try BlackHole(), try LoopbackListener { _ in })
        let (user, key, line) = (good.server.user, good.key, try good.server.knownHostsLine())
        let port = good.server.port
        let short = FaultTableTests.short
        let limit = short.words
        let service = "see whether the SSH service runs there, and on this port"
        let firewall = "check that the host is up and that no firewall drops the connection"
        @Sendable func connect(_ ports: [UInt16], _ worker: SSHWorker) async throws {
            var addresses: [SSHAddress] = []
            for port in ports { addresses += try await SSHAddress.resolve("127.0.0.1", port: port) }
            _ = try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: port, user: user), addresses: addresses,
                hostKeys: HostKeyPolicy(text: line, file: "kh"), authentication: [.key(path: key)],
                deadlines: FaultTableTests.hurried(\.connect), on: worker)
        }
        return [
            FaultRow(
                name: "F1 refused", code: .refused, message: "nothing listens on 127.0.0.1:\(dead)", hint: service,
                provoke: attempt(at: dead)),
            FaultRow(
                name: "F1 black hole", code: .timedOut,
                message: "127.0.0.1:\(hole.port) does not answer within \(limit)", hint: firewall,
                deadline: short
            ) {
                try await attempt(at: hole.port, FaultTableTests.hurried(\.connect))($0)
                withExtendedLifetime(hole) {}
            },
            FaultRow(
                name: "F1 silent listener", code: .handshakeTimedOut,
                message:
                    "the server took the connection and said nothing; handshake was not done within \(limit)",
                hint: "its SSH service may hang, or something in between answers for it", deadline: short
            ) {
                try await attempt(at: mute.port, FaultTableTests.hurried(\.handshake))($0)
                withExtendedLifetime(mute) {}
            },
            FaultRow(
                name: "F40 no address answers", code: .refused,
                message:
                    "127.0.0.1:\(hole.port) does not answer within \(limit); nothing listens on 127.0.0.1:\(dead)",
                hint: service, deadline: short
            ) { try await connect([hole.port, dead], $0) },
            FaultRow(
                name: "F40 only the last address answers", code: .sessionClosed, message: "it answered",
                deadline: short
            ) {
                try await connect([hole.port, dead, port], $0)
                throw SSHError(.sessionClosed, "connect", "it answered")
            },
            FaultRow(
                name: "F40 no such name", code: .unresolved, message: "no-such-host.invalid does not resolve",
                hint: "check the name, and the resolver of this machine"
            ) { _ in
                do {
                    _ = try await SSHAddress.resolve("no-such-host.invalid", port: 22)
                } catch let error as SSHError {
                    var error = error
                    // The resolver's own words differ with what it could reach.
                    error.message = error.message.components(separatedBy: ": ")[0]
                    throw error
                }
            },
        ]
    }

    // F2
    private func algorithms() async throws -> [FaultRow] {
        let able = LibSSH2Library.abilities
        let rsa = "rsa-sha2-512,rsa-sha2-256"
        let cases: [(name: String, list: String, option: String, offered: String, able: [String], types: [String])] = [
            (
                "AEAD", "cipher", "Ciphers", "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com", able.ciphers,
                ["ed25519"]
            ),
            ("EtM", "MAC", "MACs", "hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com", able.macs, ["ed25519"]),
            ("rsa-sha2", "host key algorithm", "HostKeyAlgorithms", rsa, able.hostKeys, ["rsa"]),
            (
                "sntrup", "key exchange", "KexAlgorithms", "sntrup761x25519-sha512@openssh.com", able.keyExchanges,
                ["ed25519"]
            ),
        ]
        var rows: [FaultRow] = []
        for entry in cases where Set(entry.able).isDisjoint(with: entry.offered.split(separator: ",").map(String.init))
        {
            let fixture = try await SSHFixture(
                options: ["\(entry.option) \(entry.offered)"], hostKeyTypes: entry.types)
            rows.append(
                FaultRow(
                    name: "F2 \(entry.name) only", code: .noCommonAlgorithm,
                    message: "no common \(entry.list): the server offers \(entry.offered), "
                        + "this build \(entry.able.joined(separator: ","))",
                    hint: "connect by the system's ssh (transport: ssh), or allow one of these on the server",
                    provoke: try attempt(fixture, knownHosts: "")))
        }
        return rows
    }

    // F3
    private func hostKeys() async throws -> [FaultRow] {
        let fixture = try await SSHFixture(hostKeyTypes: ["ed25519"])
        let other = try await SSHFixture(hostKeyTypes: ["ed25519", "ecdsa"])
        func key(_ server: LoopbackSSHServer, _ type: String) throws -> HostKey {
            let text = try server.knownHostsLine(type: type)
            let name = String(text.prefix { $0 != "]" }.dropFirst())
            let pins = HostKeyPolicy(text: text, file: "").pins(for: name, port: server.port)
            guard let pin = pins.first else { throw CocoaError(.fileReadCorruptFile) }
            return pin.key
        }
        let port = fixture.server.port
        let shown = try key(fixture.server, "ed25519")
        let (changed, odd) = (try key(other.server, "ed25519"), try key(other.server, "ecdsa"))
        func line(_ key: HostKey) -> String { key.knownHostsLine(host: "127.0.0.1", port: port) }
        let compare = "compare the fingerprint with the one shown on the server, then pin the key"
        return [
            FaultRow(
                name: "F3 unknown", code: .hostKeyUnknown,
                message: "the host key of [127.0.0.1]:\(port) is not pinned: ssh-ed25519 \(shown.fingerprint)",
                hint: compare, provoke: try attempt(fixture, knownHosts: "")),
            FaultRow(
                name: "F3 changed", code: .hostKeyChanged,
                message: "host key differs from known_hosts line 2: pinned \(changed.fingerprint), "
                    + "shown ssh-ed25519 \(shown.fingerprint)",
                hint: "find out why before anything else; pin the new key only if the server was rebuilt",
                provoke: try attempt(fixture, knownHosts: "# ours\n\(line(changed))\n")),
            FaultRow(
                name: "F3 other type", code: .hostKeyUnknown,
                message: "[127.0.0.1]:\(port) is pinned only as ecdsa-sha2-nistp256 in known_hosts line 1, "
                    + "and shows ssh-ed25519 \(shown.fingerprint)",
                hint: compare, provoke: try attempt(fixture, knownHosts: line(odd))),
            FaultRow(
                name: "F3 revoked", code: .hostKeyRevoked,
                message: "the host key ssh-ed25519 \(shown.fingerprint) is revoked in known_hosts line 2",
                hint: "pin the key that took its place, once it has been compared on the server",
                provoke: try attempt(fixture, knownHosts: "\(line(shown))\n@revoked \(line(shown))\n")),
        ]
    }
}

/// The same news for each of many.
final class Broadcast: Sendable {
    let streams: [AsyncStream<Void>]
    private let ends: [AsyncStream<Void>.Continuation]

    init(to count: Int) {
        let all = (0..<count).map { _ in AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }
        (streams, ends) = (all.map(\.stream), all.map(\.continuation))
    }

    func send() { for end in ends { end.yield() } }
    func finish() { for end in ends { end.finish() } }
}
