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
