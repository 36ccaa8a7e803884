import TestSupport
import Testing

@testable import SSHTransport

/// One connection that carries many, as to a bastion.
@Suite(.timeLimit(.minutes(2))) struct ManyChannelsTests {
    @Test func `what comes for one of a hundred ways costs the others no look at the socket`() async throws {
        let fixture = try await SSHFixture()
        let listener = try LoopbackListener { _ in }
        defer { listener.stop() }
        let session = try await fixture.connect()
        let port = listener.port
        var readers: [Task<Void, any Error>] = []
        for _ in 0..<100 {
            let channel = try await session.openTunnel(to: "127.0.0.1", port: port, limit: .seconds(30))
            readers.append(Task(executorPreference: fixture.worker) { _ = try await channel.read() })
        }
        let echo = try await session.openExec("exec cat")
        func journey() async throws {
            try await echo.write([7])
            #expect(try await echo.read() == .output([7]))
        }
        for _ in 0..<3 { try await journey() }
        let before = await session.counts
        for _ in 0..<100 { try await journey() }
        let after = await session.counts
        let looks = after.looks - before.looks
        #expect(looks < 1000, "\(looks) looks for 100 journeys")
        await session.close()
        for reader in readers { await #expect(throws: SSHError.self) { try await reader.value } }
    }
}

extension SSHSession {
    /// How often it has looked at its socket, and how often somebody has gone to wait.
    fileprivate var counts: (looks: Int, waits: Int) {
        let memory = resources.handle?.memory
        return ((memory?.reads ?? 0) + (memory?.drains ?? 0), takeNumber())
    }
}
