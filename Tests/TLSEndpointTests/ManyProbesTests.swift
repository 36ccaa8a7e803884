import Certificates
import Descriptors
import FleetModel
import Foundation
import Glibc
import Testing

@testable import TLSEndpoint

@Suite(.timeLimit(.minutes(1))) struct ManyProbesTests {
    @Test func `hundreds of probes at once, again and again, leave no socket behind`() async throws {
        let certificate = try TLSFixture.certificate("fe01.example.com")
        let identity = try TLSFixture.identity(certificate)
        let listeners = try (0..<8).map { _ in try TLSListener(identity: identity) }
        let ports = Set(listeners.map(\.port))
        for _ in 0..<4 {
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<200 {
                    let port = listeners[number % listeners.count].port
                    group.addTask {
                        try await TLSProbe().probe(
                            address: "127.0.0.1", port: port, serverName: "fe01.example.com", deadline: .seconds(60)
                        ).thumbprint
                    }
                }
                for try await thumbprint in group { #expect(thumbprint == certificate.thumbprint) }
            }
            #expect(OpenSockets.connected(to: ports) == 0)
        }
        for listener in listeners { await listener.stop() }
        // The listeners' ends go when they have read that the probes are gone; the suite's limit cancels a wait in vain.
        while OpenSockets.bound(to: ports) > 0, !Task.isCancelled { await nextTurn() }
    }

    @Test func `a probe that runs out of time while it connects leaves no socket behind`() async throws {
        // Nobody takes the connections, so that those after the first wait for ever.
        let full = PlainPort(backlog: 0)
        let port = full.port
        let address = try #require(try SocketAddress.resolve("127.0.0.1", port: port).first)
        let fillers = try (0..<4).map { _ in try makeSocket(family: AF_INET) }
        for filler in fillers { _ = address.withSockaddr { connect(filler, $0, $1) } }
        await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    await #expect {
                        try await TLSProbe().probe(
                            address: "127.0.0.1", port: port, serverName: "a", deadline: .milliseconds(200))
                    } throws: {
                        ($0 as? Fault)?.code == "probe.timed-out"
                    }
                }
            }
        }
        #expect(try OpenSockets.connecting(to: port) > 0, "the fillers wait")
        for filler in fillers { close(filler) }
        #expect(try OpenSockets.connecting(to: port) == 0)
        withExtendedLifetime(full) {}
    }

    @Test func `a visit ends with its caller, however much the caller said before it hung up`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let (caller, visited) = (ends[0], ends[1])
        let inode = try #require(OpenSockets.inode(visited))
        try TLSVisit.receive(
            visited, showing: TLSFixture.identity(TLSFixture.certificate("a.example.com")), limit: .seconds(3600))
        let conversation = try ConversationHandle(try ContextHandle.probing(), side: .client(serverName: nil))
        conversation.receive([])
        while conversation.state == .handshaking {
            let bytes = conversation.takeOutgoing()
            #expect(transmit(caller, bytes[...]) == bytes.count)
            guard case .bytes(let answer) = receive(caller) else { break }
            conversation.receive(answer)
        }
        #expect(conversation.state == .established)
        let finished = conversation.takeOutgoing()
        #expect(transmit(caller, finished[...]) == finished.count)
        // The visited side has said goodbye when there is no more to hear.
        while case .bytes = receive(caller) {}
        let last = [UInt8](repeating: 7, count: 100_000)
        // Where nobody can read meanwhile: the words and the end of the line are told in one.
        let sent = try await withCheckedThrowingContinuation { continuation in
            do {
                try watchOfSockets().queue.async {
                    let sent = transmit(caller, last[...])
                    close(caller)
                    continuation.resume(returning: sent)
                }
            } catch { continuation.resume(throwing: error) }
        }
        #expect(sent == last.count)
        while OpenSockets.isOpen(inode: inode), !Task.isCancelled { await nextTurn() }
    }

    /// After all that waits on the sockets' queue now.
    private func nextTurn() async {
        await withCheckedContinuation { done in
            do { try watchOfSockets().queue.async { done.resume() } } catch { done.resume() }
        }
    }
}

/// The sockets that this process holds; other tests' are told apart by port or inode.
enum OpenSockets {
    /// How many have one of these ports at their other end.
    static func connected(to ports: Set<Int>) -> Int {
        numbers.count { ports.contains(port(of: $0, getpeername) ?? -1) }
    }

    /// How many have one of these ports as their own.
    static func bound(to ports: Set<Int>) -> Int {
        numbers.count { ports.contains(port(of: $0, getsockname) ?? -1) }
    }

    /// How many of this machine wait for an answer from this port: they have no other end yet.
    static func connecting(to port: Int) throws -> Int {
        let (digits, waiting) = (String(port, radix: 16, uppercase: true), "02")
        let remote = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        // The system gives a page at a time, and only the reading to the end asks for the next.
        let table = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp")).readDataToEndOfFile()
        return String(decoding: table, as: UTF8.self).split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[2].hasSuffix(remote) && fields[3] == waiting
        }
    }

    static func inode(_ descriptor: Int32) -> UInt64? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    static func isOpen(inode: UInt64) -> Bool { numbers.contains { Self.inode($0) == inode } }

    private static var numbers: [Int32] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.compactMap { Int32($0) } ?? []
    }

    private static func port(
        of descriptor: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) } != 0
        }
        guard !failed, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
