import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What is known of a command's end when the connection ends around the same time.
@Suite(.timeLimit(.minutes(5))) struct ExitTests {
    private static let options = ["Ciphers aes256-ctr", "MACs hmac-sha2-256"]
    /// The packet that tells a status, or a signal of four letters, with that cipher and code.
    private static let size = 80

    /// How a command is ended whose output has ended before, and the connection cut so many bytes later.
    private static func exit(
        _ command: String, _ server: LoopbackSSHServer, _ key: String, cut place: Int, from opening: Int,
        _ ending: LoopbackRelay.Ending, looks: Bool, on worker: SSHWorker
    ) async throws -> SSHExit? {
        let relay = try LoopbackRelay(to: server.port) { _ in .init(limit: opening + place, ending: ending) }
        defer { withExtendedLifetime(relay) {} }
        let line = try server.knownHostsLine().replacingOccurrences(of: "]:\(server.port)", with: "]:\(relay.port)")
        let session = try await SSHFixture.connect(
            port: relay.port, user: server.user, knownHosts: line, authentication: [.key(path: key)],
            deadlines: FaultTableTests.slow, on: worker)
        let channel = try await session.openExec(command)
        #expect(try await channel.readToEnd().output.isEmpty)
        // Cut right behind that, it takes nothing more.
        try? await channel.write([10])
        await session.peerHasEnded()
        // Somebody else finds out first, or nobody does.
        if looks { await #expect(throws: SSHError.self) { _ = try await session.openExec("true") } }
        let exit = await channel.close()
        #expect(await channel.close() == nil)
        await session.close()
        return exit
    }

    /// How much the server has sent when the end of the command's output has come.
    private static func opening(_ command: String, _ fixture: SSHFixture) async throws -> Int {
        let session = try await fixture.connect()
        let channel = try await session.openExec(command)
        _ = try await channel.readToEnd()
        let count = try #require(await session.bytesReceived)
        try await channel.write([10])
        await channel.close()
        await session.close()
        return count
    }

    @Test(arguments: [(0, nil), (7, nil), (0, "KILL")] as [(Int32, String?)])
    func `a status or signal that came whole before the connection was cut, at any byte, is told`(
        status: Int32, signal: String?
    ) async throws {
        let fixture = try await SSHFixture(options: Self.options, hostKeyTypes: ["ed25519"])
        let command = "exec >&- 2>&-; read x; " + (signal.map { "kill -\($0) $$" } ?? "exit \(status)")
        let opening = try await Self.opening(command, fixture)
        let (server, key) = (fixture.server, fixture.key)
        let workers = try OpenWorkers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, place) in (0...Self.size + 8).enumerated() {
                if number >= 12 { try await group.next() }
                let worker = workers.next()
                group.addTask {
                    let exit = try await Self.exit(
                        command, server, key, cut: place, from: opening, place % 2 == 0 ? .end : .reset,
                        looks: place % 3 == 0, on: worker)
                    #expect(exit == (place >= Self.size ? SSHExit(status: status, signal: signal) : nil), "\(place)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a status whose command's output did not come whole is not told`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        // Somebody it has left behind holds its output.
        let channel = try await session.openExec("sleep 600 & exit 3")
        let reading = Task(executorPreference: fixture.worker) { try await channel.read() }
        try await until("the status") { await session.hasToldExits }
        fixture.server.killConnections()
        await #expect(throws: SSHError.self) { try await reading.value }
        #expect(await channel.close() == nil)
    }

    @Test func `each of many commands on one connection has its own status, and none is kept after it`() async throws {
        let fixture = try await SSHFixture()
        let session = try await fixture.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in Int32(0)..<8 {
                group.addTask {
                    let ended = try await session.run("exit \(number)")
                    #expect(ended.status == number)
                }
            }
            try await group.waitForAll()
        }
        #expect(await !session.hasToldExits)
        // Those that are open when the connection is cut as well.
        var channels: [SSHChannel] = []
        for number in 0..<4 { channels.append(try await session.openExec("exit \(number)")) }
        for channel in channels { _ = try await channel.readToEnd() }
        // A status may come after the end of the output; without anybody who reads, it is not seen.
        try await until("all statuses") {
            _ = try await session.run("true")
            return await session.countOfExits == 4
        }
        fixture.server.killConnections()
        await session.peerHasEnded()
        for (number, channel) in channels.enumerated() {
            #expect(await channel.close()?.status == Int32(number))
        }
    }

    @Test func `by the second door a status whose connection is cut before the output's end is not told either`()
        async throws
    {
        let fixture = try await SSHFixture()
        let open = try await SSHDoor.program.open("sleep 600 & exit 3", on: fixture)
        let channel = try #require(open.command as? SSHProgramChannel)
        try await until("the status") { await channel.run.log.hasStatus }
        fixture.server.killConnections()
        let error = await #expect(throws: SSHError.self) { _ = try await open.readToEnd() }
        #expect(error?.code == .connectionLost)
        #expect(await channel.close() == nil)
    }

    @Test func `packets that are too short, of other channels or after the end tell nothing`() {
        func told(_ bytes: [UInt8], _ change: (inout ToldExits) -> Void = { _ in }) -> SSHExit? {
            var told = ToldExits()
            for packet in [[91] + WireReader.number(3), bytes] {
                packet.withUnsafeBytes { told.note(copyOf: $0) }
                change(&told)
            }
            return told.exit(of: 3)
        }
        func packet(_ channel: Int, _ name: String, _ rest: [UInt8]) -> [UInt8] {
            [98] + WireReader.number(channel) + WireReader.string(Array(name.utf8)) + rest
        }
        #expect(told(packet(3, "exit-status", [0] + WireReader.number(5))) == SSHExit(status: 5, signal: nil))
        #expect(told(packet(3, "exit-status", [0, 255, 255, 255, 255])) == SSHExit(status: -1, signal: nil))
        let signal = WireReader.string(Array("TE\u{1b}RM".utf8))
        #expect(told(packet(3, "exit-signal", [0] + signal))?.signal == "TE RM")
        #expect(told(packet(2, "exit-status", [0] + WireReader.number(5))) == nil)
        #expect(told(packet(4, "exit-status", [0] + WireReader.number(5))) == nil)
        #expect(told(packet(3, "exit-statut", [0] + WireReader.number(5))) == nil)
        #expect(told(packet(3, "exit-status", [0] + WireReader.number(5))) { $0.isOver = true } == nil)
        #expect(told(packet(3, "exit-status", [0] + WireReader.number(5))) { $0.forget(3) } == nil)
        #expect(told([98]) == nil)
    }
}

extension ToldExits {
    fileprivate mutating func note(copyOf bytes: UnsafeRawBufferPointer) {
        let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        note(copy)
    }
}

extension SSHSession {
    fileprivate var hasToldExits: Bool { countOfExits > 0 }
    fileprivate var countOfExits: Int { resources.handle?.memory.told.count ?? 0 }
}
