import CLinux
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What leaves together, and that nothing stays behind.
@Suite(.timeLimit(.minutes(2))) struct JoinedPacketsTests {
    @Test func `a server hears in six parts all that it is told before it lets somebody in`() async throws {
        let fixture = try await SSHFixture()
        // Version; offer; key; new keys and the wish for a service; the key shown; its signature.
        try await once("new keys wait for the wish for a service") {
            let session = try await fixture.connect()
            let parts = await session.partsSent
            await session.close()
            return parts == 6
        }
    }

    @Test func `a channel that the other side has closed is closed with what is sent next`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        try await once("the end of one channel waits for the opening of the next") {
            let first = try await session.openExec("true")
            _ = try await first.readToEnd()
            // What the server says of the end of the first comes before its answer.
            let second = try await session.openExec("true")
            let before = try #require(await session.partsSent)
            #expect(await first.close()?.status == 0)
            let third = try await session.openExec("true")
            let parts = try #require(await session.partsSent) - before
            for channel in [second, third] { await channel.close() }
            return parts == 2
        }
        await session.close()
    }

    @Test func `new keys are kept back until more comes or they are pushed, and nothing else is`() async throws {
        let pair = try await SocketPair()
        let keys: [UInt8] = [0, 0, 0, 12, 10, 21] + [UInt8](repeating: 7, count: 10)
        let memory = SessionMemory()
        func say(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { memory.send($0, to: pair.ours, 0) } }

        #expect(say(keys) == 16 && pair.heard() == 16)
        memory.isShakingHands = true
        try await once("new keys are pushed") {
            let isKept = say(keys) == 16 && pair.heard() == -1
            memory.push(pair.ours)
            return isKept && pair.heard() == 16
        }
        try await once("new keys go with what follows") {
            let isKept = say(keys) == 16 && pair.heard() == -1
            return isKept && say([1, 2, 3]) == 3 && pair.heard() == 19
        }
        #expect(say([UInt8](repeating: 21, count: 17)) == 17 && pair.heard() == 17)
        #expect(memory.send(UnsafeRawBufferPointer(start: nil, count: 0), to: -1, 0) == -Int(EBADF))
    }

    @Test func `a goodbye leaves with the end of the connection`() async throws {
        try await once("the goodbye waits for the end") {
            let pair = try await SocketPair()
            let handle = try SessionHandle()
            _ = try handle.handshake(pair.ours)
            #expect(pair.heard() > 0)
            handle.disconnect()
            let isKept = pair.heard() == -1
            shutdown(pair.ours, Int32(SHUT_RDWR))
            return isKept && pair.heard() > 0 && pair.heard() == 0
        }
    }

    /// The system keeps nothing back for longer than 200 ms: on a busy machine that may pass between two lines of a test.
    private func once(_ what: Comment, _ happens: () async throws -> Bool) async throws {
        for _ in 0..<5 where try await happens() { return }
        Issue.record(what)
    }
}

/// Both ends of a connection on loopback.
private final class SocketPair {
    let ours: Int32
    private let theirs: Int32

    init() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int32.self)
        let listener = try LoopbackListener { arrived.yield($0) }
        ours = try LoopbackSocket.connected(to: listener.port)
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        var connections = arrivals.makeAsyncIterator()
        theirs = try #require(await connections.next())
        withExtendedLifetime(listener) {}
    }

    deinit { for descriptor in [ours, theirs] { close(descriptor) } }

    /// What the other side can read now; -1: nothing.
    func heard() -> Int {
        var bytes = [UInt8](repeating: 0, count: 256)
        return recv(theirs, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    }
}
