import CLinux
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What leaves when, in which order, and that nothing stays behind.
@Suite(.timeLimit(.minutes(2))) struct SendBatchTests {
    @Test func `nothing leaves before the end of a round, then what a session has sent in one part`() async throws {
        let batch = SendBatch()
        let (one, other) = (try await SocketPair(batch), try await SocketPair(batch))
        #expect(one.say([1, 2]) == 2 && one.say([3]) == 1 && other.say([4]) == 1 && one.say([5]) == 1)
        #expect(one.heard() == nil && other.heard() == nil)
        batch.flush()
        #expect(one.heard() == [1, 2, 3, 5] && other.heard() == [4])
        batch.flush()
        #expect(one.heard() == nil && other.heard() == nil)
    }

    @Test func `a batch is full when many sessions have sent something, and says so`() async throws {
        let batch = SendBatch()
        let pairs = [try await SocketPair(batch), try await SocketPair(batch)]
        for turn in 0..<31 { #expect(pairs[turn % 2].say([7]) == 1 && !batch.isFull) }
        #expect(pairs[1].say([7]) == 1 && batch.isFull)
        batch.flush()
        #expect(!batch.isFull && pairs[1].heard()?.count == 16)
    }

    @Test func `what has no room in the batch, and what is long, leaves at once behind what waited`() async throws {
        let batch = SendBatch()
        let pair = try await SocketPair(batch)
        let long = [UInt8](repeating: 9, count: 2049)
        #expect(pair.say([1]) == 1 && pair.say(long) == 2049)
        #expect(pair.heard() == [1] + long)
        for _ in 0..<16 { #expect(pair.say([UInt8](repeating: 2, count: 2048)) == 2048) }
        #expect(pair.heard() == nil)
        #expect(pair.say([3]) == 1)
        #expect(pair.heard()?.count == 16 * 2048)
        batch.flush()
        #expect(pair.heard() == [3])
    }

    @Test func `what the system has no room for leaves later, and meanwhile nothing more is taken`() async throws {
        let batch = SendBatch()
        let pair = try await SocketPair(batch, room: 4096)
        var said: [UInt8] = []
        while pair.memory.unsent.isEmpty {
            let packet = (0..<1500).map { _ in UInt8.random(in: 0...255) }
            #expect(pair.say(packet) == 1500)
            said += packet
            batch.flush()
        }
        #expect(pair.say([1]) == -Int(EAGAIN) && pair.say([UInt8](repeating: 1, count: 5000)) == -Int(EAGAIN))
        var heard = pair.heard() ?? []
        // There is room again, and another part of the same round is for the same session.
        [UInt8](1...3).withUnsafeBytes { pair.memory.transmit($0, to: pair.ours, 0) }
        said += [1, 2, 3]
        while heard.count < said.count {
            heard += pair.heard() ?? []
            pair.readiness.hasChanged(0)
        }
        #expect(heard == said && pair.memory.unsent.isEmpty)
        #expect(pair.readiness.onChange == nil)
        #expect(pair.say([8]) == 1)
        batch.flush()
        #expect(pair.heard() == [8])
    }

    @Test func `a long packet waits for what the system has no room for`() async throws {
        let batch = SendBatch()
        let pair = try await SocketPair(batch, room: 4096)
        // No end of the round comes: the long packet makes room for itself.
        var answer = 0
        while answer >= 0 {
            #expect(pair.say([UInt8](repeating: 1, count: 2000)) == 2000)
            answer = pair.say([UInt8](repeating: 2, count: 5000))
        }
        #expect(answer == -Int(EAGAIN))
    }

    @Test func `a session whose packets could not be sent hears why when it sends or reads next`() async throws {
        let batch = SendBatch()
        let pair = try await SocketPair(batch)
        pair.reset()
        #expect(pair.say([1]) == 1)
        let changes = pair.readiness.changes
        batch.flush()
        #expect([ECONNRESET, EPIPE].contains(pair.memory.sendFailure))
        #expect(pair.readiness.changes > changes)
        let failure = -Int(pair.memory.sendFailure)
        #expect(pair.say([2]) == failure && pair.say([UInt8](repeating: 2, count: 5000)) == failure)
        batch.flush()
        // The other half of a connection that only takes nothing.
        let deaf = try await SocketPair(batch)
        shutdown(deaf.ours, Int32(SHUT_WR))
        #expect(deaf.say([1]) == 1 && deaf.hear() == -Int(EAGAIN))
        batch.flush()
        #expect(deaf.hear() == -Int(EPIPE))
    }

    @Test func `without a batch a packet leaves at once`() async throws {
        let pair = try await SocketPair(nil)
        #expect(pair.say([1, 2, 3]) == 3 && pair.heard() == [1, 2, 3])
        #expect(pair.memory.send(UnsafeRawBufferPointer(start: nil, count: 0), to: -1, 0) == -Int(EBADF))
    }

    @Test func `a goodbye leaves with the end of the connection`() async throws {
        // The system keeps nothing back for longer than 200 ms: on a busy machine that may pass between two lines.
        var isTogether = false
        for _ in 0..<5 where !isTogether {
            let batch = SendBatch()
            let pair = try await SocketPair(batch)
            #expect(pair.say([1]) == 1)
            batch.flush(before: pair.memory)
            let isKept = pair.heard() == nil
            shutdown(pair.ours, Int32(SHUT_RDWR))
            isTogether = isKept && pair.heard() == [1] && pair.heard() == []
        }
        #expect(isTogether)
    }

    @Test func `nothing is left to send when a session has ended, whose descriptor may be another's next`() async throws
    {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("cat")
        try await channel.write([1])
        #expect(await session.leavesInBatch() == ["before": true, "after": false])
    }

    @Test func `a server hears the goodbye`() async throws {
        let fixture = try await SSHFixture(options: ["LogLevel DEBUG2"])
        let session = try await fixture.connect()
        // With the sign-in just done it may have something to say itself, and then never comes to listen.
        #expect(try await session.run("echo on").text == "on\n")
        await session.close()
        // 11: SSH_DISCONNECT_BY_APPLICATION (RFC 4253 §11.1).
        try await until("it has come") {
            let log = fixture.server.log
            return log.contains("Received disconnect from 127.0.0.1 port ") && log.contains(":11:")
        }
    }

    @Test func `a server hears in six parts at most all that it is told before it lets somebody in`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        // Version; offer; key; new keys and the wish for a service; the key shown; its signature.
        #expect(try #require(await session.partsSent) <= 6)
        await session.close()
    }

    @Test func `what is sent for the sake of firewalls leaves although nothing else happens`() async throws {
        let fixture = try await SSHFixture(options: ["LogLevel DEBUG2"])
        let session = try await fixture.connected(on: try SSHWorker(keepalive: .milliseconds(20)))
        try await until("it has come") { fixture.server.log.contains("keepalive@libssh2.org") }
        await session.close()
    }

    @Test func `many small packets to a server that hangs for a while all arrive`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        await session.leaveLittleRoom()
        let channel = try await session.openExec("cat")
        try await channel.write([0])
        #expect(try await channel.read() == .output([0]))
        fixture.server.freezeConnections()
        let packets = (0..<1000).map { number in (0..<1000).map { UInt8(truncatingIfNeeded: number + $0) } }
        let writing = Task {
            for packet in packets { try await channel.write(packet) }
            try await channel.closeInput()
        }
        try await until("something has no room") { await session.hasUnsent }
        fixture.server.thawConnections()
        let ended = try await channel.readToEnd()
        #expect(ended.output == Array(packets.joined()))
        try await writing.value
        await session.close()
    }
}

extension SSHSession {
    fileprivate var hasUnsent: Bool { resources.handle?.memory.unsent.isEmpty == false }

    /// Whether something is to be sent before the session ends, and after.
    fileprivate func leavesInBatch() -> [String: Bool] {
        resources.handle?.sendKeepalive()
        let before = !worker.sendBatch.isEmpty
        close()
        return ["before": before, "after": !worker.sendBatch.isEmpty]
    }

    /// The system keeps little of what is sent.
    fileprivate func leaveLittleRoom() {
        guard let descriptor = outermostDescriptor else { return }
        var room: Int32 = 16384
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// Both ends of a connection on loopback, and what a session has on ours.
private final class SocketPair {
    let ours: Int32
    let memory = SessionMemory()
    let readiness: SocketReadiness
    private var theirs: Int32

    /// - Parameter room: How much the system keeps of what is sent, about.
    init(_ batch: SendBatch?, room: Int32? = nil) async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int32.self)
        let listener = try LoopbackListener { arrived.yield($0) }
        ours = try LoopbackSocket.connected(to: listener.port)
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        var connections = arrivals.makeAsyncIterator()
        theirs = try #require(await connections.next())
        if var room {
            setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size))
            setsockopt(theirs, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        }
        readiness = SocketReadiness(token: 0, descriptor: ours)
        memory.readiness = readiness
        memory.batch = batch
        withExtendedLifetime(listener) {}
    }

    deinit { for descriptor in [ours, theirs] { close(descriptor) } }

    func say(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { memory.send($0, to: ours, Int32(MSG_NOSIGNAL)) }
    }

    /// What libssh2 is told when it reads.
    func hear() -> Int {
        memory.forgetOpening()
        return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { memory.receive(ours, into: $0, 0) }
    }

    /// What the other side can read now; nil: nothing yet; empty: the end.
    func heard() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(theirs, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : Array(bytes.prefix(count))
    }

    /// The other side ends the connection without a word.
    func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(theirs, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close(theirs)
        theirs = -1
    }
}
