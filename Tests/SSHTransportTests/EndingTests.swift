import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// A peer that goes away, or falls silent, at any moment: between any two bytes of the server's.
@Suite(.timeLimit(.minutes(30))) struct EndingTests {
    private static let late: Set<SSHError.Code> = [.timedOut, .handshakeTimedOut, .unresponsive, .unattended]

    /// Connects, runs a command and closes, and says how that ended. With a deadline for each phase and each read, so
    /// that what hangs is a failure of this test and not of its time limit.
    private static func attempt(
        _ fixture: SSHFixture, _ relay: LoopbackRelay, on worker: SSHWorker
    ) async throws -> String {
        let session = try await fixture.connect(through: relay, deadlines: FaultTableTests.slow, on: worker)
        let text = try await session.run("echo through").text
        await session.close()
        return text
    }

    /// How many bytes the server sends in such a session.
    private func length(of fixture: SSHFixture) async throws -> Int {
        let relay = try LoopbackRelay(to: fixture.server.port)
        #expect(try await Self.attempt(fixture, relay, on: fixture.worker) == "through\n")
        return relay.forwarded
    }

    @Test func `hundreds of sessions at once whose peers reset or end at any byte all come to an end`() async throws {
        try await cut(200, rounds: 1)
    }

    @Test(.enabled(if: Effort.isLong, Effort.whenLong))
    func `three hundred at once, a hundred times, whose peers reset or end at any byte all come to an end`()
        async throws
    {
        try await cut(300, rounds: 100)
    }

    private func cut(_ count: Int, rounds: Int) async throws {
        let fixture = try await SSHFixture()
        let length = try await length(of: fixture)
        let workers = try OpenWorkers()
        let start = ContinuousClock.now
        var all: [String: Int] = [:]
        for round in 0..<rounds {
            let relay = try LoopbackRelay(to: fixture.server.port) { number in
                // Every round has other places, and in the end each byte has its turn.
                let place = (number * length / count + round * 7) % (length + 40)
                return .init(limit: place, ending: (number + round) % 2 == 0 ? .reset : .end)
            }
            var endings: [String: Int] = [:]
            await withTaskGroup(of: String.self) { group in
                for _ in 0..<count {
                    let worker = workers.next()
                    group.addTask(executorPreference: worker) {
                        do {
                            return try await Self.attempt(fixture, relay, on: worker)
                        } catch {
                            guard let error = error as? SSHError else { return "other" }
                            return Self.late.contains(error.code)
                                ? "timed out: \(error.code.rawValue), \(error)" : error.code.rawValue
                        }
                    }
                }
                for await ending in group { endings[ending, default: 0] += 1 }
            }
            // Whoever was cut while signing in may be told so in the words of a refusal, but nobody times out.
            let expected: Set = [
                "through\n", "", "turned-away", "handshake-failed", "connection-lost", "protocol-violated", "not-ssh",
            ]
            #expect(Set(endings.keys).isSubset(of: expected), "round \(round): \(endings)")
            #expect(endings.values.reduce(0, +) == count)
            #expect((endings["connection-lost"] ?? 0) > count / 10, "\(endings)")
            all.merge(endings, uniquingKeysWith: +)
        }
        let time = start.duration(to: .now)
        print("\(rounds) rounds of \(count) sessions cut somewhere in their \(length) bytes: \(time), \(all)")
    }

    @Test func `cancelled while it waits for any part of what the server sends, a session ends and leaves nothing`()
        async throws
    {
        try await cancel(20)
    }

    @Test(.enabled(if: Effort.isLong, Effort.whenLong))
    func `cancelled at any of four hundred places of what the server sends, a session ends and leaves nothing`()
        async throws
    {
        try await cancel(400)
    }

    private func cancel(_ count: Int) async throws {
        let fixture = try await SSHFixture()
        let length = try await length(of: fixture)
        for number in 0..<count {
            let (reached, reach) = AsyncStream.makeStream(of: Void.self)
            let relay = try LoopbackRelay(to: fixture.server.port) { _ in
                .init(limit: number * length / count, ending: .hold) { reach.yield() }
            }
            let worker = fixture.worker
            let attempt = Task(executorPreference: worker) {
                let session = try await fixture.connect(through: relay, deadlines: FaultTableTests.slow)
                return try await session.run("echo through").text
            }
            for await _ in reached { break }
            attempt.cancel()
            let result = await attempt.result
            switch result {
            case .success(let text): #expect(text == "through\n" || text == "", "\(number)")
            case .failure(let error): #expect(error is CancellationError, "\(number): \(error)")
            }
        }
    }

    @Test func `a server that falls silent at any byte meets the deadline of that phase`() async throws {
        let fixture = try await SSHFixture()
        let length = try await length(of: fixture)
        let workers = try OpenWorkers()
        let limit = Duration.seconds(3)
        let deadlines = SSHDeadlines(
            connect: limit, handshake: limit, signIn: limit, channel: limit, close: .milliseconds(200))
        let count = 20
        let relay = try LoopbackRelay(to: fixture.server.port) { number in
            // The last bytes belong to the command's output and end, which have no deadline of the transport's.
            .init(limit: number * (length * 9 / 10) / count, ending: .hold)
        }
        var operations: Set<String> = []
        await withTaskGroup(of: SSHError?.self) { group in
            for _ in 0..<count {
                let worker = workers.next()
                group.addTask(executorPreference: worker) {
                    do {
                        let session = try await fixture.connect(through: relay, deadlines: deadlines, on: worker)
                        _ = try await session.openExec("sleep 600")
                        await session.close()
                        return nil
                    } catch {
                        return error as? SSHError
                    }
                }
            }
            for await error in group {
                guard let error else { continue }
                #expect(Self.late.contains(error.code), "\(error)")
                operations.insert(error.operation)
            }
        }
        #expect(operations.contains("handshake") && operations.count > 1, "\(operations)")
    }
}
