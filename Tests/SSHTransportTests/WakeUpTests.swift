import Testing

@testable import SSHTransport

/// A worker's turn waits a moment for the next event: whatever else comes to the worker meanwhile must not be lost.
@Suite(.timeLimit(.minutes(2))) struct WakeUpTests {
    @Test func `what comes from elsewhere while a turn waits for its sockets is done, each thing once`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("cat")
        let worker = fixture.worker
        let elsewhere = Task.detached {
            var count = 0
            for _ in 0..<3000 {
                await withCheckedContinuation { done in worker.run { done.resume() } }
                count += 1
            }
            return count
        }
        let line = Array("and back\n".utf8)
        for _ in 0..<300 {
            try await channel.write(line)
            #expect(try await channel.read() == .output(line))
        }
        #expect(await elsewhere.value == 3000)
        #expect(await channel.close() != nil)
        await session.close()
    }
}
