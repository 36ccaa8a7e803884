import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What had arrived when a connection ended.
@Suite(.timeLimit(.minutes(5))) struct RestTests {
    /// Sizes that can be counted: packets are filled up to 16 bytes, and 32 of the code follow.
    private static let options = ["Ciphers aes256-ctr", "MACs hmac-sha2-256"]
    /// Ten bytes in a packet, of standard output or of standard error.
    private static let data = 64
    private static let eof = 48

    private func fixture() async throws -> SSHFixture {
        try await SSHFixture(options: Self.options, hostKeyTypes: ["ed25519"])
    }

    /// How much the server has sent when a command has been started and has said nothing yet.
    private func opening(of fixture: SSHFixture, _ command: String) async throws -> Int {
        let relay = try LoopbackRelay(to: fixture.server.port)
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        let channel = try await session.openExec(command)
        let count = try await #require(session.bytesReceived)
        await channel.close()
        await session.close()
        return count
    }

    /// Everything until the command's end (true) or the connection's (false).
    private static func rest(of channel: SSHChannel) async throws -> (ended: Ended, isWhole: Bool) {
        var ended = Ended()
        while true {
            do {
                switch try await channel.read() {
                case .output(let bytes): ended.output += bytes
                case .errors(let bytes): ended.errors += bytes
                case .end: return (ended, true)
                }
            } catch let error as SSHError where error.code == .connectionLost {
                return (ended, false)
            }
        }
    }

    @Test func `whatever came whole before the connection ended, at any byte, is read before that is said`()
        async throws
    {
        let fixture = try await fixture()
        let count = 2 * Self.data + Self.eof + 1
        let opening = try await opening(of: fixture, "read x")
        let workers = try OpenWorkers()
        let line = try fixture.server.knownHostsLine()
        let (server, key) = (fixture.server, fixture.key)
        @Sendable func cut(_ place: Int, _ ending: LoopbackRelay.Ending) async throws {
            let worker = workers.next()
            let relay = try LoopbackRelay(to: server.port) { _ in .init(limit: opening + place, ending: ending) }
            defer { withExtendedLifetime(relay) {} }
            let session = try await SSHFixture.connect(
                port: relay.port, user: server.user,
                knownHosts: line.replacingOccurrences(of: "]:\(server.port)", with: "]:\(relay.port)"),
                authentication: [.key(path: key)], deadlines: FaultTableTests.slow, on: worker)
            let command = "printf 0123456789; printf abcdefghij >&2; exec >&- 2>&-; read x"
            // Cut right behind the answer to it, a command may not have been started for us.
            guard let channel = try? await session.openExec(command) else { return #expect(place == 0) }
            // Looked at only when all of it is there, and the end as well.
            await session.peerHasEnded()
            let rest = try await Self.rest(of: channel)
            #expect(rest.ended.text == (place >= Self.data ? "0123456789" : ""), "\(place) \(ending)")
            #expect(rest.ended.errors == (place >= 2 * Self.data ? Array("abcdefghij".utf8) : []), "\(place)")
            #expect(rest.isWhole == (place >= 2 * Self.data + Self.eof), "\(place) \(ending)")
            // And again.
            let again = try await Self.rest(of: channel)
            #expect(again.ended == Ended() && again.isWhole == rest.isWhole)
            #expect(await channel.close() == nil)
            await session.close()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<count {
                if place >= 12 { try await group.next() }
                group.addTask { try await cut(place, place % 2 == 0 ? .end : .reset) }
            }
            try await group.waitForAll()
        }
    }

    @Test func `two commands of one connection both get what had come for them`() async throws {
        let fixture = try await fixture()
        let session = try await fixture.connect()
        let (first, second) = (
            try await session.openExec("read x; printf 0123456789; exec sleep 600"),
            try await session.openExec("read x; printf abcdefghij; kill -9 $PPID; exec sleep 600")
        )
        let before = try #require(await session.bytesReceived)
        try await first.write([10])
        try await until("the first one's output") { (await session.bytesReceived ?? 0) >= before + Self.data }
        let other = try await session.openExec("printf on")
        #expect(try await other.read() == .output(Array("on".utf8)))
        try await second.write([10])
        await session.peerHasEnded()
        let (two, one) = (try await Self.rest(of: second), try await Self.rest(of: first))
        #expect(one.ended.text == "0123456789" && !one.isWhole)
        // The server may not have passed it on.
        #expect(["", "abcdefghij"].contains(two.ended.text) && !two.isWhole)
    }

    @Test func `what came before a reset that a write finds, of which nobody has been told yet, is read`() async throws
    {
        let fixture = try await fixture()
        let command = "read x; printf 0123456789; exec sleep 600"
        let opening = try await opening(of: fixture, command)
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in .init(limit: opening + Self.data) }
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        let channel = try await session.openExec(command)
        let error = await #expect(throws: SSHError.self) { try await session.writeUntold(to: channel) }
        #expect(error?.code == .connectionLost)
        let rest = try await Self.rest(of: channel)
        #expect(rest.ended.text == "0123456789" && !rest.isWhole)
    }

    @Test(arguments: [false, true])
    func `why a server ends a connection is told, to who comes next and to a write that nobody has told yet`(
        untold: Bool
    ) async throws {
        let server = try await PasswordServer()
        let session = try await SSHFixture.connect(
            port: server.port, user: "leave", knownHosts: server.knownHosts(),
            authentication: [.password { Array("correct".utf8) }], on: kept(SSHWorker()))
        let channel = try await session.openExec("x")
        let error = await #expect(throws: SSHError.self) {
            if untold { try await session.writeUntold(to: channel) }
            try await channel.write([10])
            _ = try await channel.readToEnd()
            _ = try await session.openExec("x")
        }
        // Which of the two finds it depends on how the pieces come.
        let operations = untold ? ["write"] : ["read", "open channel"]
        let messages = operations.map { "connection lost during \($0): the server said \"maintenance at ten\"" }
        #expect(messages.contains(error?.message ?? ""), "\(server.errors)")
    }

    @Test(arguments: [LoopbackRelay.Ending.reset, .end])
    func `what came before the connection ended under a half sent write is read`(
        ending: LoopbackRelay.Ending
    ) async throws {
        let fixture = try await fixture()
        let command = "head -c 20000 >/dev/null; printf 0123456789; exec cat >/dev/null"
        let opening = try await opening(of: fixture, command)
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in
            // It grants more input for every 96 KiB, in packets of the same length: twice at most before the output.
            .init(limit: opening + 5 * Self.data, ending: ending, portion: 997)
        }
        defer { withExtendedLifetime(relay) {} }
        let session = try await fixture.connect(through: relay)
        await session.shrinkBuffers()
        let channel = try await session.openExec(command)
        let error = await #expect(throws: SSHError.self) {
            try await channel.write([UInt8](repeating: 7, count: 8 << 20))
        }
        #expect(error?.code == .connectionLost)
        let rest = try await Self.rest(of: channel)
        #expect(rest.ended.text == "0123456789" && !rest.isWhole)
    }
}

extension SSHSession {
    /// How much has come over its socket so far.
    var bytesReceived: Int? { told(at: 128, as: UInt64.self) }

    /// In how many parts its socket has sent what it was given.
    var partsSent: Int? { told(at: 156, as: UInt32.self) }

    /// What the system's tcp_info has at this place: tcpi_bytes_received, tcpi_data_segs_out.
    private func told<Count: FixedWidthInteger>(at place: Int, as _: Count.Type) -> Int? {
        var info = [UInt8](repeating: 0, count: 160)
        var length = socklen_t(info.count)
        guard let descriptor = outermostDescriptor,
            getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0, length == 160
        else { return nil }
        return info.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: place, as: Count.self)) }
    }

    /// Waits until the other side's end has come, without looking at what came before it.
    func peerHasEnded() async {
        guard let descriptor = outermostDescriptor else { return }
        await withCheckedContinuation { done in
            Thread.detachNewThread {
                var entry = pollfd(fd: descriptor, events: 0x2000, revents: 0)  // POLLRDHUP
                poll(&entry, 1, 60_000)
                done.resume()
            }
        }
    }

    /// Writes, and again when the other side has answered and ended, until that fails; its worker hears of nothing in between.
    fileprivate func writeUntold(to channel: SSHChannel) async throws {
        for _ in 0..<10 {
            try await channel.write([10])
            worker.sendBatch.flush()
            var entry = pollfd(fd: outermostDescriptor ?? -1, events: 0x2000, revents: 0)  // POLLRDHUP
            poll(&entry, 1, 60_000)
        }
    }

    /// From now on the system takes and keeps only a little at a time.
    func shrinkBuffers(to count: Int32 = 2048) {
        guard let descriptor = outermostDescriptor else { return }
        var size = count
        for option in [SO_SNDBUF, SO_RCVBUF] {
            setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
