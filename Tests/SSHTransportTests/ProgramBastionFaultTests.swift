import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What goes wrong with bastions, by the second door: whose fault it is, and what it costs.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ProgramBastionFaultTests: SharedPrograms {
    @Test func `a bastion that dies is named on every host behind it, and joined again once for all`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let (target, way) = (try host.hop(), [try gate.hop(title: "dmz")])
        var channels: [SSHProgramChannel] = []
        for _ in 0..<3 { channels.append(try await program.run("cat", on: target, through: way, worker: host.worker)) }
        gate.server.killConnections()
        for channel in channels {
            let error = await #expect(throws: SSHError.self) {
                while case .errors = try await channel.read() {}
            }
            #expect(error?.code == .bastionLost)
            #expect(error?.message.hasPrefix("the bastion dmz was lost: ") == true, "\(error?.message ?? "")")
            await channel.close()
        }
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<5 {
                group.addTask { try await echo("again", by: program, on: target, through: way, host.worker) }
            }
            for try await text in group { #expect(text == "again\n") }
        }
        #expect(gate.server.connectionCount == 2)
        await program.close()
    }

    @Test func `of a chain the bastion that was lost is named, not the one behind it`() async throws {
        let (outer, inner, host) = (try await SSHFixture(), try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let channel = try await program.run(
            "cat", on: try host.hop(), through: [try outer.hop(title: "outer"), try inner.hop(title: "inner")],
            worker: host.worker)
        outer.server.killConnections()
        let error = await #expect(throws: SSHError.self) {
            while case .errors = try await channel.read() {}
        }
        #expect(error?.code == .bastionLost)
        #expect(error?.message.hasPrefix("the bastion outer was lost: ") == true, "\(error?.message ?? "")")
        await channel.close()
        await program.close()
    }

    @Test func `a host that is lost behind a bastion that stands is the host's fault`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let channel = try await program.run(
            "cat", on: try host.hop(), through: [try gate.hop()], worker: host.worker)
        host.server.killConnections()
        let error = await #expect(throws: SSHError.self) {
            while case .errors = try await channel.read() {}
        }
        #expect(error?.code == .connectionLost)
        await channel.close()
        #expect(try await echo("on", by: program, on: try host.hop(), through: [try gate.hop()], host.worker) == "on\n")
        #expect(gate.server.connectionCount == 1)
        await program.close()
    }

    @Test func `a bastion that cannot be signed in to fails all hosts behind it, by one attempt`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        var unknown = try gate.hop(title: "dmz")
        unknown.knownHosts = []
        var stranger = try gate.hop(title: "dmz")
        let other = try await SSHFixture()
        stranger.keys = [.file(other.key)]
        for (count, (bastion, code)) in [(unknown, SSHError.Code.hostKeyUnknown), (stranger, .authenticationFailed)]
            .enumerated()
        {
            let target = try host.hop()
            await withTaskGroup(of: SSHError?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        await #expect(throws: SSHError.self) {
                            try await program.run("true", on: target, through: [bastion], worker: host.worker)
                        }
                    }
                }
                for await error in group {
                    #expect(error?.code == code)
                    #expect(error?.bastion == "dmz")
                }
            }
            #expect(gate.server.connectionCount == count + 1)
        }
        #expect(host.server.connectionCount == 0)
        #expect(try leftovers(program).isEmpty)
    }

    @Test func `a host's own faults behind a bastion are its own`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let way = [try gate.hop(title: "dmz")]
        var target = try host.hop()
        target.knownHosts = []
        var error = await #expect(throws: SSHError.self) {
            try await program.run("cat", on: target, through: way, worker: host.worker)
        }
        #expect(error?.code == .hostKeyUnknown)
        #expect(error?.bastion == nil)

        let hole = try BlackHole()
        target.endpoint.port = hole.port
        target.deadlines.connect = .seconds(1)
        error = await #expect(throws: SSHError.self) {
            try await program.run("cat", on: target, through: way, worker: host.worker)
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message == "127.0.0.1:\(hole.port) does not answer behind the bastion dmz within 1 s")

        host.server.stopListening()
        error = await #expect(throws: SSHError.self) {
            try await program.run("cat", on: try host.hop(), through: way, worker: host.worker)
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message == "the bastion dmz does not reach 127.0.0.1:\(host.server.port)")
        #expect(gate.server.connectionCount == 1)
        await program.close()
    }

    @Test func `a bastion that opens no way says so, after a fresh connection was tried`() async throws {
        let (gate, host) = (try await SSHFixture(options: ["AllowTcpForwarding no"]), try await SSHFixture())
        let program = try program(host)
        let error = await #expect(throws: SSHError.self) {
            try await program.run(
                "true", on: try host.hop(), through: [try gate.hop(title: "dmz")], worker: host.worker)
        }
        #expect(error?.code == .bastionRefuses)
        #expect(
            error?.message
                == "the bastion dmz opens no way to 127.0.0.1:\(host.server.port): administratively prohibited")
        #expect(gate.server.connectionCount == 2)
        await program.close()
    }

    @Test func `an inner bastion that the outer one does not reach is named with it`() async throws {
        let (outer, inner, host) = (try await SSHFixture(), try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        inner.server.stopListening()
        let error = await #expect(throws: SSHError.self) {
            try await program.run(
                "true", on: try host.hop(), through: [try outer.hop(title: "outer"), try inner.hop(title: "inner")],
                worker: host.worker)
        }
        #expect(error?.code == .unreachable)
        #expect(error?.bastion == "inner")
        #expect(error?.message == "the bastion outer does not reach 127.0.0.1:\(inner.server.port)")
        await program.close()
    }
}
