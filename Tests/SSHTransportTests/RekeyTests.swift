import TestSupport
import Testing

@testable import SSHTransport

/// What a server may ask for at any time, of a session that is busy with something else.
@Suite(.timeLimit(.minutes(2))) struct RekeyTests {
    private static let sent = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

    /// How many key exchanges the server has begun after the first.
    private func exchanges(_ fixture: SSHFixture) -> Int {
        fixture.server.log.components(of: "SSH2_MSG_NEWKEYS received") - 1
    }

    @Test(arguments: ["16K", "256K"])
    func `new keys in the middle of a transfer, in both directions, lose nothing`(limit: String) async throws {
        let fixture = try await SSHFixture(options: ["RekeyLimit \(limit)", "LogLevel DEBUG1"])
        let session = try await fixture.connect()
        let ended = try await session.run("head -c 1048576 /dev/zero >&2 & cat; wait", input: Self.sent)
        #expect(ended.output == Self.sent)
        #expect(ended.errors.count == 1 << 20)
        #expect(ended.status == 0)
        #expect(exchanges(fixture) > 5, "\(exchanges(fixture))")
        #expect(try await session.run("echo on").text == "on\n")
        await session.close()
    }

    @Test func `new keys while the window is full, and whoever writes reads only afterwards`() async throws {
        let fixture = try await SSHFixture(options: ["RekeyLimit 256K", "LogLevel DEBUG1"])
        let channel = try await fixture.connect().openExec("cat")
        try await channel.write(Self.sent + Self.sent)
        try await channel.closeInput()
        #expect(try await channel.readToEnd().output == Self.sent + Self.sent)
        #expect(exchanges(fixture) > 5)
    }

    @Test func `new keys over a connection that takes a few bytes at a time`() async throws {
        let fixture = try await SSHFixture(options: ["RekeyLimit 32K", "LogLevel DEBUG1"])
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in .init(portion: 61) }
        let session = try await fixture.connect(through: relay)
        let sent = Array(Self.sent.prefix(200_000))
        let ended = try await session.run("cat", input: sent)
        #expect(ended.output == sent)
        #expect(exchanges(fixture) > 2)
        await session.close()
    }

    @Test func `new keys while several commands run at once`() async throws {
        let fixture = try await SSHFixture(options: ["RekeyLimit 64K", "LogLevel DEBUG1"])
        let session = try await fixture.connect()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask(executorPreference: session.worker) {
                    let sent = Array(Self.sent.dropFirst(number).prefix(300_000))
                    return try await session.run("cat", input: sent).output == sent
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(exchanges(fixture) > 5)
        await session.close()
    }

    @Test func `new keys and signs of life that a server asks for are given while a read waits`() async throws {
        let fixture = try await SSHFixture(
            options: ["RekeyLimit default 1", "ClientAliveInterval 1", "ClientAliveCountMax 3", "LogLevel DEBUG1"])
        let session = try await fixture.connect()
        #expect(try await session.run("sleep 6; echo on").text == "on\n")
        #expect(try await session.run("cat", input: [1, 2, 3]).output == [1, 2, 3])
        #expect(!fixture.server.log.contains("Timeout"))
        await session.close()
    }
}

extension String {
    /// How often a text stands in it.
    func components(of text: String) -> Int { ranges(of: text).count }
}
