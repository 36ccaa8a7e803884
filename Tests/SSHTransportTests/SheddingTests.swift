import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// Servers that turn the first connections away.
@Suite(.timeLimit(.minutes(2))) struct SheddingTests {
    /// Turns so many connections away with a word, or without, and then hands them to a server.
    private func shedding(_ count: Int, saying words: String, before port: UInt16) throws -> (LoopbackListener, Counter)
    {
        let counter = Counter()
        let listener = try LoopbackListener { connection in
            if counter.next() <= count {
                _ = send(connection, words, words.utf8.count, Int32(MSG_NOSIGNAL))
                shutdown(connection, Int32(SHUT_WR))
                DispatchQueue.global().async {
                    var buffer = [UInt8](repeating: 0, count: 256)
                    while recv(connection, &buffer, buffer.count, 0) > 0 {}
                    close(connection)
                }
                return
            }
            // Back to back with the server.
            guard let server = try? LoopbackSocket.connected(to: port) else { return }
            for (from, to) in [(connection, server), (server, connection)] { Pipe.carry(from, to) }
        }
        return (listener, counter)
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    @Test(arguments: ["Exceeded MaxStartups\r\n", "Not allowed at this time\r\n", ""])
    func `a server that sheds the first connections is tried again and signed in to`(words: String) async throws {
        let fixture = try await SSHFixture()
        let (door, counter) = try shedding(2, saying: words, before: fixture.server.port)
        let line = try fixture.server.knownHostsLine()
            .replacingOccurrences(of: "]:\(fixture.server.port)", with: "]:\(door.port)")
        let session = try await SSHFixture.connect(
            port: door.port, user: fixture.server.user, knownHosts: line, authentication: [.key(path: fixture.key)],
            on: fixture.worker)
        #expect(try await session.run("echo in").text == "in\n")
        #expect(counter.value == 3)
        await session.close()
    }

    @Test func `one that never says a word is tried three times, one that says more or nothing listens, once`()
        async throws
    {
        for (words, tries, code) in [
            ("", 3, SSHError.Code.turnedAway), ("hello\r\n", 1, .notSSH),
            ("SSH-2.0-Brief\r\n", 1, .handshakeFailed),
        ] {
            let (door, counter) = try shedding(.max, saying: words, before: 0)
            let error = await #expect(throws: SSHError.self) {
                _ = try await SSHFixture.connect(
                    port: door.port, deadlines: FaultTableTests.slow, on: kept(SSHWorker()))
            }
            #expect(error?.code == code)
            #expect(counter.value == tries, "\(words)")
        }
    }
}

/// Two sockets carried into each other, by blocking threads.
private enum Pipe {
    static func carry(_ from: Int32, _ to: Int32) {
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 16384)
            while true {
                let count = recv(from, &buffer, buffer.count, 0)
                guard count > 0, send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            }
            shutdown(to, Int32(SHUT_WR))
        }
    }
}
