import Dispatch
import TestSupport
import Testing

@testable import SSHTransport

@Suite(.timeLimit(.minutes(5))) struct SessionTests {
    @Test func `a command's output, errors and exit status come back`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let ended = try await session.run("echo out; echo err >&2; exit 7")
        #expect(ended == Ended(output: Array("out\n".utf8), errors: Array("err\n".utf8), status: 7))
        #expect(await session.serverBanner.hasPrefix("SSH-2.0-OpenSSH_"))
        #expect(await session.acceptedMethod == "publickey")
        await session.close()
        await session.close()
    }

    @Test func `several commands run on one session, after each other and at once`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        for number in 0..<5 { #expect(try await session.run("echo \(number)").text == "\(number)\n") }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<5 {
                group.addTask { try await session.run("cat", input: Array("\(number)".utf8)).text == "\(number)" }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(fixture.server.connectionCount == 1)
    }

    @Test func `four megabytes are echoed while one megabyte of errors arrives`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let sent = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let ended = try await session.run("head -c 1048576 /dev/zero >&2; cat", input: sent)
        #expect(ended.output == sent)
        #expect(ended.errors.count == 1 << 20)
        #expect(ended.status == 0)
    }

    @Test func `a writer that reads only afterwards is not stuck behind a full window`() async throws {
        let fixture = try await SSHFixture()
        let channel = try await fixture.connect().openExec("cat")
        let sent = [UInt8](repeating: 0x41, count: 6 << 20)
        try await channel.write(sent)
        try await channel.closeInput()
        #expect(try await channel.readToEnd().output == sent)
    }

    @Test func `a killed server is a lost connection, for who waits and for who comes later`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("echo started; cat")
        #expect(try await channel.read() == .output(Array("started\n".utf8)))
        let waiting = Task { try await channel.read() }
        fixture.server.killConnections()
        let error = await #expect(throws: SSHError.self) { _ = try await waiting.value }
        #expect(error?.code == .connectionLost)
        #expect(error?.message == "connection lost during read")
        let later = await #expect(throws: SSHError.self) { _ = try await session.openExec("true") }
        #expect(later?.code == .connectionLost)
        #expect(await channel.close() == nil)
    }

    @Test func `cancelling a read leaves the channel usable`() async throws {
        let fixture = try await SSHFixture()
        let channel = try await fixture.connect().openExec("cat")
        let reading = Task { try await channel.read() }
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try await channel.write(Array("still here".utf8))
        #expect(try await channel.read() == .output(Array("still here".utf8)))
    }

    @Test func `a closed channel says so, and a second close does nothing`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("cat")
        try await channel.closeInput()
        try await channel.closeInput()
        #expect(try await channel.read() == .end)
        #expect(try await channel.read() == .end)
        #expect(await channel.close() == SSHExit(status: 0, signal: nil))
        #expect(await channel.close() == nil)
        let error = await #expect(throws: SSHError.self) { try await channel.write([1]) }
        #expect(error?.code == .channelClosed)
        #expect(try await session.run("echo on").text == "on\n")
    }

    @Test func `a command ended by a signal names it`() async throws {
        let fixture = try await SSHFixture()
        let channel = try await fixture.connect().openExec("kill -TERM $$")
        _ = try await channel.readToEnd()
        #expect(await channel.close()?.signal == "TERM")
    }

    @Test func `a server that allows no further channel is quoted, and the session goes on`() async throws {
        let fixture = try await SSHFixture(options: ["MaxSessions 1"])
        let session = try await fixture.connect()
        let first = try await session.openExec("cat")
        let error = await #expect(throws: SSHError.self) { _ = try await session.openExec("true") }
        #expect(error?.code == .channelRefused)
        #expect(error?.message == "the server allows no further channel")
        try await first.write(Array("x".utf8))
        #expect(try await first.read() == .output(Array("x".utf8)))
    }

    @Test func `calls after close say that the session was closed, also those that were waiting`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("cat")
        let waiting = Task { try await channel.read() }
        await session.close()
        let error = await #expect(throws: SSHError.self) { _ = try await waiting.value }
        #expect(error?.code == .sessionClosed || error?.code == .channelClosed)
        let later = await #expect(throws: SSHError.self) { _ = try await session.openExec("true") }
        #expect(later?.code == .sessionClosed)
    }

    @Test func `fifty sessions at once each get their own answer`() async throws {
        let fixture = try await SSHFixture(options: ["MaxStartups 200"])
        let workers = try SSHWorkers(count: 2)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                let worker = workers.next()
                group.addTask(executorPreference: worker) {
                    let session = try await SSHFixture.connect(
                        port: fixture.server.port, user: fixture.server.user,
                        knownHosts: fixture.server.knownHostsLine(), authentication: [.key(path: fixture.key)],
                        deadlines: SSHDeadlines(), on: worker)
                    let ended = try await session.run("echo \(number)")
                    await session.close()
                    return ended.text == "\(number)\n" && ended.status == 0
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func `a session that is only let go of is taken down`() async throws {
        let fixture = try await SSHFixture()
        weak var gone: SSHSession?
        // Asked for nothing but whether it is there.
        nonisolated(unsafe) weak var memory: SessionMemory?
        do {
            let session = try await fixture.connect()
            gone = session
            await session.inside { memory = $0.resources.handle?.memory }
            _ = try await session.run("true")
        }
        // The channel's farewell holds the session until the server has answered it.
        try await until("the session's end") { gone == nil && memory == nil }
    }
}

extension SSHSession {
    fileprivate func inside(_ body: @Sendable (isolated SSHSession) -> Void) { body(self) }
}
