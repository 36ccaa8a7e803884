import Foundation
import TestSupport
import Testing

@testable import SSHTransport

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

extension SSHFixture {
    /// On a worker of the caller's, and with patience.
    func connected(on worker: SSHWorker, _ deadlines: SSHDeadlines = FaultTableTests.slow) async throws -> SSHSession {
        try await Self.connect(
            port: server.port, user: server.user, knownHosts: server.knownHostsLine(),
            authentication: [.key(path: key)], deadlines: deadlines, on: worker)
    }
}
