import TestSupport
import Testing

@testable import SSHTransport

/// One connection that carries many, as to a bastion.
@Suite(.timeLimit(.minutes(2))) struct ManyChannelsTests {
    @Test func `what comes for one of a hundred ways wakes none of the others`() async throws {
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
        let waits = after.waits - before.waits
        #expect(waits < 1000, "\(waits) waits for 100 journeys")
        let looks = after.looks - before.looks
        #expect(looks < 1000, "\(looks) looks for 100 journeys")
        await session.close()
        for reader in readers {
            await #expect(throws: SSHError.self) { try await value(of: reader, "a reader of what has ended") }
        }
    }

    @Test func `of many who read, whoever gives up takes nothing with it that came for others`() async throws {
        let fixture = try await SSHFixture(options: ["MaxSessions 30"])
        let session = try await fixture.connect()
        var channels: [SSHChannel] = []
        for _ in 0..<24 { channels.append(try await session.openExec("exec cat")) }
        func read(_ channel: SSHChannel) -> Task<SSHOutput, any Error> {
            Task(executorPreference: fixture.worker) { try await channel.read() }
        }
        for round in 0..<30 {
            let readings = channels.map(read)
            let byte = UInt8(round)
            for (number, channel) in channels.enumerated() {
                try await channel.write([byte])
                if (number + round) % 3 == 0 { for reading in readings[...number] { reading.cancel() } }
            }
            for (channel, reading) in zip(channels, readings) {
                do {
                    #expect(try await value(of: reading, "what came for one of many") == .output([byte]))
                } catch is CancellationError {
                    #expect(try await value(of: read(channel), "what came for one who gave up") == .output([byte]))
                }
            }
        }
        await session.close()
    }

    @Test func `when the one who was woken to read for all gives up, another reads`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        var channels: [SSHChannel] = []
        for _ in 0..<3 { channels.append(try await session.openExec("exec cat")) }
        var readings: [Task<SSHOutput, any Error>] = []
        for channel in channels {
            readings.append(Task(executorPreference: fixture.worker) { try await channel.read() })
            await withCheckedContinuation { done in fixture.worker.run { done.resume() } }
        }
        try await until("all wait") { await session.hasReadAll }
        let first = readings[0]
        await withCheckedContinuation { done in
            fixture.worker.run {
                session.assumeIsolated { $0.resources.readiness?.hasChanged(0) }
                // Before it has its turn.
                first.cancel()
                done.resume()
            }
        }
        await #expect(throws: CancellationError.self) { try await value(of: first, "the one who gives up") }
        try await until("another's look", within: .seconds(20)) { await session.hasReadAll }
        for (channel, reading) in zip(channels, readings).dropFirst() {
            try await channel.write([7])
            #expect(try await value(of: reading, "one of the others") == .output([7]))
        }
        await session.close()
    }

    @Test func `a channel that is closed wakes who reads it, among others who go on`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channels = [try await session.openExec("exec cat"), try await session.openExec("exec cat")]
        let readings = channels.map { channel in
            Task(executorPreference: fixture.worker) { try await channel.read() }
        }
        await withCheckedContinuation { done in fixture.worker.run { done.resume() } }
        for (channel, reading) in zip(channels, readings).reversed() {
            await channel.close()
            do {
                #expect(try await value(of: reading, "a reader") == .end)
            } catch let error as SSHError {
                // It began only after the close.
                #expect(error.code == .channelClosed)
            }
        }
        #expect(try await session.run("echo on").text == "on\n")
        await session.close()
    }
}

extension SSHSession {
    /// Whether nothing has happened on its socket since it was last read.
    fileprivate var hasReadAll: Bool { resources.handle?.memory.isDrained == true }

    /// How often it has looked at its socket, and how often somebody has gone to wait.
    fileprivate var counts: (looks: Int, waits: Int) { (resources.readiness?.reads ?? 0, takeNumber()) }
}
