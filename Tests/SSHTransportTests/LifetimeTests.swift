import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// Ends of sessions and channels in every order.
@Suite(.timeLimit(.minutes(30))) struct LifetimeTests {
    @Test func `many connect, run and close again with level memory, descriptors and threads`() async throws {
        await #expect(processExitsWith: .success) { try await LifetimeTests.cycles(160) }
    }

    @Test(.enabled(if: Effort.isLong, Effort.whenLong))
    func `ten thousand connect, run and close again with level memory, descriptors and threads`() async throws {
        let ended = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await LifetimeTests.cycles(10_000)
        }
        print(String(decoding: ended?.standardOutputContent ?? [], as: UTF8.self))
    }

    /// In a process of its own, for it looks at the whole of it.
    private static func cycles(_ count: Int) async throws {
        let fixture = try await SSHFixture()
        let known = try fixture.server.knownHostsLine()
        let workers = try OpenWorkers()
        @Sendable func run(_ count: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    let worker = workers.next()
                    group.addTask(executorPreference: worker) {
                        for _ in 0..<count / 8 {
                            let session = try await SSHFixture.connect(
                                port: fixture.server.port, user: fixture.server.user, knownHosts: known,
                                authentication: [.key(path: fixture.key)], deadlines: FaultTableTests.slow,
                                on: worker)
                            let ended = try await session.run("echo on")
                            precondition(ended.text == "on\n" && ended.status == 0)
                            await session.close()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        try await run(min(count, 1000) / 4)
        let (memory, descriptors) = (Process.residentBytes, Process.openDescriptors)
        try await run(count)
        let growth = Process.residentBytes - memory
        let now = Process.openDescriptors
        print("\(count) cycles: \(growth / 1024) KiB more, descriptors \(descriptors), then \(now)")
        // The server's list of children grows too: some hundred bytes each.
        precondition(growth < 6 << 20 + count * 1024 || Effort.isSanitized, "\(growth) bytes more")
        precondition(now <= descriptors + 16, "\(descriptors), then \(now)")
        precondition(Process.threads < 100, "\(Process.threads) threads")
    }

    @Test func `closing while somebody reads and somebody writes ends both, and a second close does nothing`()
        async throws
    {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("sleep 600")
        let reading = Task { try await channel.read() }
        let writing = Task { for _ in 0..<1000 { try await channel.write([UInt8](repeating: 1, count: 65536)) } }
        #expect(try await session.run("echo beside").text == "beside\n")
        await session.close()
        await session.close()
        let read = await #expect(throws: SSHError.self) { _ = try await reading.value }
        let written = await #expect(throws: SSHError.self) { try await writing.value }
        #expect(read?.code == .sessionClosed)
        #expect(written?.code == .sessionClosed)
        #expect(await channel.close() == nil)
        fixture.server.killConnections()
    }

    @Test func `closing a channel ends its reader, and not the session`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let channel = try await session.openExec("exec cat")
        let reading = Task { try await channel.read() }
        #expect(try await session.run("echo beside").text == "beside\n")
        async let first = channel.close()
        async let second = channel.close()
        let closed = await [first, second]
        #expect(closed.filter { $0 == nil }.count >= 1)
        switch await reading.result {
        case .success(let output): #expect(output == .end)
        case .failure(let error): #expect((error as? SSHError)?.code == .channelClosed)
        }
        #expect(try await session.run("echo on").text == "on\n")
    }

    @Test func `a channel that nobody holds any more is closed at the server, and the session goes on`() async throws {
        let fixture = try await SSHFixture(options: ["MaxSessions 1"])
        let session = try await fixture.connect()
        _ = try await session.openExec("exec cat")
        // The one place is free again.
        try await until("the end of what was let go of") {
            do {
                return try await session.run("echo on").text == "on\n"
            } catch let error as SSHError where error.code == .channelRefused {
                return false
            }
        }
        await session.close()
    }

    @Test func `a session let go of while its handshake waits is taken down with its task`() async throws {
        let worker = try kept(SSHWorker())
        let (accepted, arrive) = AsyncStream.makeStream(of: Int32.self)
        let listener = try LoopbackListener { arrive.yield($0) }
        let port = listener.port
        let attempt = Task {
            try await SSHFixture.connect(port: port, deadlines: FaultTableTests.slow, on: worker)
        }
        var connection: Int32 = -1
        for await descriptor in accepted {
            connection = descriptor
            break
        }
        attempt.cancel()
        _ = await attempt.result
        // Its end arrives at the server.
        let last = await withCheckedContinuation { done in
            DispatchQueue.global().async { [connection] in
                var limit = timeval(tv_sec: 60, tv_usec: 0)
                setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                var buffer = [UInt8](repeating: 0, count: 4096)
                var count = 1
                while count > 0 { count = recv(connection, &buffer, buffer.count, 0) }
                let isLate = count < 0 && errno == EAGAIN
                close(connection)
                done.resume(returning: isLate ? 1 : count)
            }
        }
        #expect(last <= 0)
    }

    @Test func `a signature or an agent that never comes does not outlive the deadline`() async throws {
        let fixture = try await SSHFixture()
        let mute = try MuteAgent(in: fixture.server.folder)
        let deadlines = SSHDeadlines(signIn: .milliseconds(300))
        let key = try #require(
            HostKeyPolicy(text: "x " + (try fixture.server.folder.read("client.pub")), file: "").pins(
                for: "x", port: 22
            ).first?.key)
        let ways: [(SSHAuthentication, String)] = [
            (.agent(socket: mute.socket), "answer of the agent"),
            (.signer(publicKey: key.blob) { _ in await forever() }, "signature"),
        ]
        for (way, what) in ways {
            let error = await #expect(throws: SSHError.self) {
                _ = try await fixture.connect(authentication: [way], deadlines: deadlines)
            }
            #expect(error?.code == .unattended)
            #expect(error?.message == "sign-in was not done within 300 ms: no \(what) came")
        }
    }
}

/// A socket that takes connections and never answers, as an agent does that waits for somebody to confirm.
private final class MuteAgent: Sendable {
    let socket: String
    private let descriptor: Int32

    init(in folder: TemporaryFolder) throws {
        socket = folder["mute"]
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        let descriptor = descriptor
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) | listen(descriptor, 8)
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRINUSE) }
    }

    deinit { close(descriptor) }
}
