import CLibSSH2
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// What holds while a packet is half sent: libssh2 makes nothing else then.
@Suite(.timeLimit(.minutes(2))) struct HalfSentTests {
    /// How much may come of a command before libssh2 grants it new room, with a window of 2 MiB and reads of 32 KiB.
    private static let quiet = (2 << 20) / 4 - 32768

    /// Lets whatever is on the worker have its turn.
    private func turns(of fixture: SSHFixture) async {
        for _ in 0..<10 { await withCheckedContinuation { done in fixture.worker.run { done.resume() } } }
    }

    private static func count(_ count: Int, of channel: SSHChannel) async throws {
        var got = 0
        while got < count, case .output(let bytes) = try await channel.read() { got += bytes.count }
        #expect(got == count)
    }

    @Test(arguments: [true, false])
    func `while a read has half sent a packet nobody else's is sent, and whoever comes next finishes it`(
        readerStays: Bool
    ) async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        let first = try await session.openExec("head -c 600000 /dev/zero; exec cat")
        let second = try await session.openExec("exec cat")
        await session.letOut(10)
        let reading = Task(executorPreference: fixture.worker) {
            try await Self.count(600_000, of: first)
        }
        try await until("a read that half sends") { await session.isHalfRead }
        if !readerStays {
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
        }
        let writing = Task(executorPreference: fixture.worker) {
            try await second.write([7])
            return try await second.read()
        }
        await turns(of: fixture)
        #expect(await session.isHalfRead)
        #expect(await session.failure == nil)
        await session.letOut(nil)
        let output = try await value(of: writing, "the one who came next")
        #expect(output == .output([7]))
        guard readerStays else { return await session.close() }
        try await value(of: reading, "the reader")
        await session.close()
    }

    @Test func `what came before the connection ended is read past a packet that stays half sent`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        // So much that the next read of more grants room, and would have to send.
        let command = "head -c \(Self.quiet - 1000) /dev/zero; read x; head -c 60000 /dev/zero; exec cat"
        let first = try await session.openExec(command)
        try await Self.count(Self.quiet - 1000, of: first)
        let second = try await session.openExec("exec cat")
        let before = try #require(await session.bytesReceived)
        try await first.write([10])
        await session.letOut(10)
        let writing = Task(executorPreference: fixture.worker) { try await second.write([7]) }
        try await until("a write that half sends") { await session.isHalfSent }
        // Nobody reads it: it stays with the system, or with libssh2.
        try await until("what the command says") { (await session.bytesReceived ?? 0) >= before + 60_000 }
        await session.letOut(0, thenFails: true)
        let error = await #expect(throws: SSHError.self) { try await writing.value }
        #expect(error?.code == .connectionLost)
        try await Self.count(60_000, of: first)
        let end = await #expect(throws: SSHError.self) { _ = try await first.read() }
        #expect(end?.code == .connectionLost)
    }
}

extension SSHSession {
    fileprivate var isHalfRead: Bool { resources.halfRead != nil }
    fileprivate var isHalfSent: Bool { resources.sender != nil }

    /// From now on only so many bytes more go out; nil: all that come.
    ///
    /// - Parameter fails: Whether what is more finds the connection cut, and not a full buffer.
    fileprivate func letOut(_ count: Int?, thenFails fails: Bool = false) {
        guard let descriptor = resources.socket?.descriptor, let handle = resources.handle else { return }
        gates.withLock { $0[descriptor] = (count, fails) }
        _ = libssh2_session_callback_set(
            handle.pointer, LIBSSH2_CALLBACK_SEND, unsafeBitCast(gateCallback, to: UnsafeMutableRawPointer.self))
        wakeAll()
    }
}

/// What goes out, by the socket.
private let gates = Mutex<[Int32: (room: Int?, fails: Bool)]>([:])

/// Sends in libssh2's place, as much as may go out.
private let gateCallback:
    @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int =
        { socket, buffer, length, flags, _ in
            gates.withLock { gates in
                guard let gate = gates[socket], let room = gate.room else {
                    let count = send(socket, buffer, length, flags)
                    return count >= 0 ? count : -Int(errno)
                }
                guard room > 0 else { return -Int(gate.fails ? EPIPE : EAGAIN) }
                let count = send(socket, buffer, min(room, length), flags)
                if count > 0 { gates[socket]?.room = room - count }
                return count >= 0 ? count : -Int(errno)
            }
        }
