import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What both doors promise, held against a real OpenSSH server. One after the other: some move many MiB.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SSHDoorTests {
    // MARK: A command

    @Test(arguments: SSHDoor.allCases)
    func `both outputs and the status of a command arrive`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let ended = try await door.open("echo out; echo err >&2; exit 3", on: fixture).run()
        #expect(ended == Ended(output: Array("out\n".utf8), errors: Array("err\n".utf8), status: 3))
    }

    @Test(arguments: SSHDoor.allCases)
    func `a status of 255 is the command's, not a lost connection`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        #expect(try await door.open("exit 255", on: fixture).run().status == 255)
    }

    @Test(arguments: SSHDoor.allCases)
    func `input is echoed, and its end ends the command`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        try await open.command.write(Array("one".utf8))
        #expect(try await open.command.read() == .output(Array("one".utf8)))
        try await open.command.closeInput()
        try await open.command.closeInput()
        #expect(try await open.command.read() == .end)
        #expect(try await open.command.read() == .end)
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `16 MiB go both ways beside 8 MiB of errors`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let sent = (0..<(16 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 16) }
        let ended = try await door.open("head -c 8388608 /dev/zero >&2 & cat; wait", on: fixture).run(input: sent)
        #expect(ended.output == sent)
        #expect(ended.errors.count == 8 << 20)
        #expect(ended.status == 0)
    }

    @Test(arguments: SSHDoor.allCases)
    func `bytes that come a few at a time come whole`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let relay = try LoopbackRelay(to: fixture.server.port) { _ in LoopbackRelay.Plan(portion: 7) }
        let pins = try fixture.server.knownHostsLine()
            .replacing(":\(fixture.server.port) ", with: ":\(relay.port) ")
        let sent = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let open = try await door.open("cat", on: fixture, .init(port: relay.port, knownHosts: pins))
        let ended = try await open.run(input: sent)
        #expect(ended.output == sent)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a command that a signal ended is over, and not with 0`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("echo before; kill -9 $$", on: fixture)
        #expect(try await open.readToEnd().text == "before\n")
        let exit = await open.command.close()
        #expect(exit != nil)
        #expect(exit?.signal == "KILL" || exit?.status == 255)
        await open.session?.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `twenty commands at once each get their own`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        try await withThrowingTaskGroup(of: (Int, Ended).self) { group in
            for number in 0..<20 {
                group.addTask(executorPreference: fixture.worker) {
                    (number, try await door.open("cat; echo \(number)", on: fixture).run(input: [65]))
                }
            }
            for try await (number, ended) in group {
                #expect(ended.text == "A\(number)\n")
                #expect(ended.status == 0)
            }
        }
    }

    @Test(arguments: SSHDoor.allCases, [1, 2])
    func `ten hosts at once behind bastions take one connection to each, and bytes go both ways`(
        _ door: SSHDoor, _ count: Int
    ) async throws {
        let host = try await SSHFixture()
        var bastions: [SSHFixture] = []
        for _ in 0..<count { bastions.append(try await SSHFixture()) }
        let sent = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let ended = try await door.run("cat", times: 10, on: host, through: bastions, input: sent)
        #expect(ended == Array(repeating: Ended(output: sent, status: 0), count: 10))
        #expect(host.server.connectionCount == 10)
        #expect(bastions.map(\.server.connectionCount) == Array(repeating: 1, count: count))
        for bastion in bastions { try await bastion.server.connectionsEnded() }
    }

    // MARK: Its life

    @Test(arguments: SSHDoor.allCases)
    func `a read that is cancelled does the command no harm`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        let reading = Task { try await open.command.read() }
        await Task.yield()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try await open.command.write([66])
        #expect(try await open.command.read() == .output([66]))
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a second close does nothing, and nothing can be done after the first`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("cat", on: fixture)
        let reading = Task { try await open.command.read() }
        await Task.yield()
        await open.command.close()
        #expect(await open.command.close() == nil)
        switch await reading.result {
        case .success(let output): #expect(output == .end)
        // It began only after the close.
        case .failure(let error): #expect((error as? SSHError)?.code == .channelClosed)
        }
        for call in [{ _ = try await open.command.read() }, { try await open.command.write([1]) }] {
            let error = await #expect(throws: SSHError.self) { try await call() }
            #expect(error?.code == .channelClosed)
        }
        await open.session?.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a command that nobody holds any more is ended`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        _ = try await door.open("cat", on: fixture)
        try await fixture.server.connectionsEnded()
        #expect(fixture.server.connectionCount == 1)
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that is gone in the middle is a lost connection, after what it said`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let open = try await door.open("echo first; cat", on: fixture)
        #expect(try await open.command.read() == .output(Array("first\n".utf8)))
        fixture.server.killConnections()
        var error: SSHError?
        do {
            // The program may say on the command's standard error what happened.
            while case .errors = try await open.command.read() {}
            Issue.record("it ended in order")
        } catch let thrown as SSHError { error = thrown }
        #expect(error?.code == .connectionLost)
        #expect(error?.message.hasPrefix("connection lost during read") == true, "\(error?.message ?? "")")
        await open.close()
    }

    @Test(arguments: SSHDoor.allCases)
    func `a server that hangs does not hold up a close`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        var wish = SSHDoor.Wish()
        wish.deadlines.close = .milliseconds(300)
        let open = try await door.open("cat", on: fixture, wish)
        fixture.server.freezeConnections()
        let took = await ContinuousClock().measure { await open.close() }
        #expect(took < .seconds(20))
        fixture.server.killConnections()
    }

    @Test(arguments: SSHDoor.allCases)
    func `an opening that is cancelled ends at once and leaves nothing`(_ door: SSHDoor) async throws {
        let fixture = try await SSHFixture()
        let hole = try BlackHole()
        let opening = Task {
            try await door.open(
                "true", on: fixture, .init(port: hole.port, deadlines: SSHDeadlines(connect: .seconds(60))))
        }
        let second = Task { try await door.open("true", on: fixture) }
        try await second.value.close()
        opening.cancel()
        await #expect(throws: CancellationError.self) { _ = try await opening.value }
        // The worker and its places are as before.
        #expect(try await door.open("echo on", on: fixture).run().text == "on\n")
    }
}
