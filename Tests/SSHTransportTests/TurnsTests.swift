import TestSupport
import Testing

@testable import SSHTransport

/// Several who use one connection at once, and one who gives up in the middle.
@Suite(.timeLimit(.minutes(2))) struct TurnsTests {
    @Test func `two who write to one command at once are not mixed`() async throws {
        let server = try await PasswordServer()
        // A window of one byte: each write is done in as many steps as it has bytes.
        let session = try await SSHFixture.connect(
            port: server.port, user: "tiny", knownHosts: server.knownHosts(),
            authentication: [.password { Array("correct".utf8) }], on: kept(SSHWorker()))
        let channel = try await session.openExec("echo")
        let writing = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for letter in UInt8(0)..<4 {
                    group.addTask { try await channel.write([UInt8](repeating: letter, count: 100)) }
                }
                try await group.waitForAll()
            }
            try await channel.closeInput()
        }
        let output = try await channel.readToEnd().output
        try await writing.value
        #expect(output.count == 400)
        let pieces = stride(from: 0, to: output.count, by: 100).map { Set(output[$0..<min($0 + 100, output.count)]) }
        #expect(pieces.allSatisfy { $0.count == 1 } && Set(pieces).count == 4, "\(output)")
        await session.close()
    }

    @Test func `an opening that is given up, by deadline or cancellation, ends the connection`() async throws {
        let fixture = try await SSHFixture()
        let hurried = try await fixture.connect(deadlines: FaultTableTests.hurried(\.channel))
        let slow = try await fixture.connect(deadlines: FaultTableTests.slow)
        let reading = try await slow.openExec("cat")
        fixture.server.freezeConnections()
        let late = await #expect(throws: SSHError.self) { _ = try await hurried.openExec("true") }
        #expect(late?.code == .unresponsive)
        #expect(await !hurried.isUsable)
        #expect(await hurried.failure?.code == .unresponsive)
        let opening = Task(executorPreference: fixture.worker) { _ = try await slow.openExec("true") }
        try await until("an opening") { await slow.isOpening }
        opening.cancel()
        await #expect(throws: CancellationError.self) { try await opening.value }
        #expect(await slow.failure?.code == .sessionClosed)
        #expect(await slow.failure?.message == "given up during open channel")
        let after = await #expect(throws: SSHError.self) { _ = try await reading.read() }
        #expect(after?.code == .sessionClosed)
        fixture.server.killConnections()
    }

    @Test func `a read that is given up, or a close that is not answered, does not end the connection`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect(
            deadlines: SSHDeadlines(close: .milliseconds(50)))
        let (first, second) = (try await session.openExec("cat"), try await session.openExec("cat"))
        let reading = Task(executorPreference: fixture.worker) { try await first.read() }
        await withCheckedContinuation { done in fixture.worker.run { done.resume() } }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        #expect(await session.failure == nil)
        try await first.write([1])
        #expect(try await first.read() == .output([1]))
        fixture.server.freezeConnections()
        #expect(await second.close() == nil)
        #expect(await session.failure == nil)
        await session.close()
        fixture.server.killConnections()
    }

    @Test(arguments: ["default", "64K"])
    func `packets that go out a little at a time, of many commands both ways, are never torn`(
        limit: String
    ) async throws {
        let fixture = try await SSHFixture(options: ["RekeyLimit \(limit)"])
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in .init(portion: 16384, buffer: 32768) }
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        await session.shrinkBuffers(to: 16384)
        let sent = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask(executorPreference: session.worker) {
                    let input = Array(sent.dropFirst(number))
                    let ended = try await session.run("cat", input: input)
                    #expect(ended.output == input && ended.status == 0)
                }
            }
            // Openings and ends in between, which send as well.
            group.addTask(executorPreference: session.worker) {
                for number in 0..<10 {
                    let text = try await session.run("echo \(number)").text
                    #expect(text == "\(number)\n")
                }
            }
            try await group.waitForAll()
        }
        await session.close()
    }
}
