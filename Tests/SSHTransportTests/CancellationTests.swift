import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// Cancelled wherever it may wait, and what is left then. (For what the server sends: ``EndingTests``.)
@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
    /// Cancels the work once it waits, and takes nothing but a cancellation for an answer.
    private func cancel(
        _ worker: SSHWorker, when waits: @escaping @Sendable () async -> Void = {},
        _ work: @escaping @Sendable () async throws -> Void
    ) async {
        let task = Task(executorPreference: worker) { try await work() }
        await waits()
        // Whatever is on the worker has its turn before.
        for _ in 0..<3 { await withCheckedContinuation { done in worker.run { done.resume() } } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `while it waits for an answer to connect, for its turn, or to try again`() async throws {
        let (hole, fixture) = (try BlackHole(), try await SSHFixture())
        let worker = fixture.worker
        await cancel(worker) {
            _ = try await SSHFixture.connect(port: hole.port, deadlines: FaultTableTests.slow, on: worker)
        }
        // One place at a server, and somebody in it.
        let narrow = try kept(
            SSHWorker(label: "narrow", admission: SSHAdmission(AdmissionQueue.Limits(openings: 1))))
        let first = Task(executorPreference: narrow) {
            _ = try await SSHFixture.connect(port: hole.port, deadlines: FaultTableTests.slow, on: narrow)
        }
        await cancel(narrow) { _ = try await fixture.connected(on: narrow) }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        // The place is given back.
        try await fixture.connected(on: narrow).close()
        let (refused, refuse) = AsyncStream.makeStream(of: Void.self)
        let full = try LoopbackListener { connection in
            let line = "Exceeded MaxStartups\r\n"
            _ = send(connection, line, line.utf8.count, Int32(MSG_NOSIGNAL))
            close(connection)
            refuse.yield()
        }
        await cancel(worker) {
            for await _ in refused { break }
        } _: {
            _ = try await SSHFixture.connect(port: full.port, deadlines: FaultTableTests.slow, on: worker)
        }
    }

    @Test func `while it waits for a password, a passphrase or a signature`() async throws {
        let fixture = try await SSHFixture(options: ["PasswordAuthentication yes"])
        let locked = try await fixture.server.makeClientKey("locked", passphrase: "open sesame")
        let blob = try #require(
            HostKeyPolicy(text: "x " + fixture.server.folder.read("client.pub"), file: "")
                .pins(for: "x", port: 22).first?.key.blob)
        for kind in 0..<3 {
            let (asked, ask) = AsyncStream.makeStream(of: Void.self)
            let never: SSHSecretSource = {
                ask.yield()
                return await forever()
            }
            let signer: SSHSigner = { _ in try await never() }
            let ways: [SSHAuthentication] = [
                .password(never), .key(path: locked, passphrase: never), .signer(publicKey: blob, sign: signer),
            ]
            await cancel(fixture.worker) {
                for await _ in asked { break }
            } _: {
                _ = try await fixture.connect(authentication: [ways[kind]], deadlines: FaultTableTests.slow)
            }
        }
        try await fixture.server.connectionsEnded()
        #expect(!fixture.server.log.contains("Accepted publickey for"))
    }

    @Test func `while a command is opened, or the end of its input is sent, to a server that hangs`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect(deadlines: FaultTableTests.slow)
        let channel = try await session.openExec("cat")
        let second = try await fixture.connect(deadlines: FaultTableTests.slow)
        fixture.server.freezeConnections()
        await cancel(fixture.worker) { _ = try await second.openExec("true") }
        let writing = Task(executorPreference: fixture.worker) {
            try await channel.write([UInt8](repeating: 1, count: 32 << 20))
        }
        let queued = Task(executorPreference: fixture.worker) { try await channel.write([2]) }
        // Until the socket takes no more.
        await cancel(fixture.worker) { _ = try await channel.read() }
        for task in [queued, writing] {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        fixture.server.killConnections()
        await session.close()
        await second.close()
    }

    @Test func `while it waits for its turn to be opened through a bastion`() async throws {
        let (outer, inner, hole) = (try await SSHFixture(), try await SSHFixture(), try BlackHole())
        let bastion = try await outer.connect()
        @Sendable func connect(_ port: UInt16) async throws -> SSHSession {
            try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: port, user: inner.server.user), through: bastion,
                hostKeys: HostKeyPolicy(text: inner.server.knownHostsLine(), file: "kh"),
                authentication: [.key(path: inner.key)], deadlines: FaultTableTests.slow)
        }
        let first = Task(executorPreference: outer.worker) { _ = try await connect(hole.port) }
        await cancel(outer.worker) { _ = try await connect(inner.server.port) }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        // libssh2 would go on with what was given up: nothing new can be opened, and that is said at once.
        #expect(await !bastion.isUsable)
        let late = await #expect(throws: SSHError.self) { _ = try await bastion.run("echo on") }
        #expect(late?.code == .sessionClosed)
        await bastion.close()
    }

    @Test func `a close in a cancelled task still closes`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("exit 3")
        _ = try await channel.readToEnd()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await channel.close()
        }
        task.cancel()
        #expect(await task.value?.status == 3)
        await session.close()
    }
}
