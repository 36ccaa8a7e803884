import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// Hosts behind bastions, by the second door: one connection to each bastion for all of them.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ProgramBastionTests: SharedPrograms {
    // MARK: One for all

    @Test func `a bastion needs to allow no sessions, and connections to it outlive those who came first`() async throws
    {
        let gate = try await SSHFixture(options: ["MaxSessions 0"])
        let host = try await SSHFixture()
        let program = try program(host)
        let (target, way) = (try host.hop(), [try gate.hop()])
        for text in ["early", "late"] {
            #expect(try await echo(text, by: program, on: target, through: way, host.worker) == text + "\n")
        }
        #expect(gate.server.connectionCount == 1)
        await program.close()
        try await gate.server.connectionsEnded()
    }

    @Test func `a host behind the first of two bastions goes through the same connection as those behind both`()
        async throws
    {
        let (outer, inner, host) = (try await SSHFixture(), try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let (target, way) = (try host.hop(), [try outer.hop(), try inner.hop()])
        #expect(try await echo("far", by: program, on: target, through: way, host.worker) == "far\n")
        #expect(try await echo("near", by: program, on: target, through: [way[0]], host.worker) == "near\n")
        #expect(outer.server.connectionCount == 1)
        await program.close()
    }

    @Test func `who tidies up temporary files costs a fresh connection, and no more`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let (target, way) = (try host.hop(), [try gate.hop()])
        let channel = try await program.run("cat", on: target, through: way, worker: host.worker)
        for folder in try leftovers(program) {
            try FileManager.default.removeItem(atPath: #require(program.environment["TMPDIR"]) + "/" + folder)
        }
        #expect(try await echo("on", by: program, on: target, through: way, host.worker) == "on\n")
        #expect(gate.server.connectionCount == 2)
        #expect(try await OpenDoor(command: channel, session: nil).run(input: [65]).output == [65])
        await program.close()
    }

    // MARK: Its end

    @Test func `after close neither process nor socket is left, and nothing goes through a bastion`() async throws {
        let (outer, inner, host) = (try await SSHFixture(), try await SSHFixture(), try await SSHFixture())
        let program = try program(host)
        let (target, way) = (try host.hop(), [try outer.hop(), try inner.hop()])
        _ = try await echo("in", by: program, on: target, through: way, host.worker)
        let own = try #require(leftovers(program).first)
        let parent = try "\(#require(program.environment["TMPDIR"]))/\(own)"
        let folders = try FileManager.default.contentsOfDirectory(atPath: parent).map { "\(parent)/\($0)" }
        #expect(folders.count == 2)
        #expect(try leftovers(program) == [own])
        for path in [parent] + folders {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
        }
        for path in folders { #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["master"]) }
        await program.close()
        #expect(try leftovers(program).isEmpty)
        for server in [outer.server, inner.server] { try await server.connectionsEnded() }
        let error = await #expect(throws: SSHError.self) {
            try await program.run("true", on: target, through: way, worker: host.worker)
        }
        #expect(error?.code == .sessionClosed)
    }

    @Test func `when nobody holds a bastion's process it is asked to end`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        let way = [try gate.hop()]
        // Longer than the test may run: it does not end by itself.
        let left = try await {
            let program = try program(host, linger: 3600)
            _ = try await echo("in", by: program, on: host.hop(), through: way, host.worker)
            return program.environment
        }()
        try await gate.server.connectionsEnded()
        #expect(try FileManager.default.contentsOfDirectory(atPath: #require(left["TMPDIR"])).isEmpty)
    }

    @Test func `a bastion's process ends by itself when ours is killed`() async throws {
        let gate = try await SSHFixture()
        let master = try await ProgramMaster.start(
            gate.hop(), behind: [], program(gate), linger: 1, gate.worker.admission)
        let socket = master.way(by: "ssh").socket
        #expect(FileManager.default.fileExists(atPath: socket))
        // As the system closes the files of a process that was killed: no word is said.
        shutdown(master.control, Int32(SHUT_RDWR))
        try await gate.server.connectionsEnded()
        #expect(master.isLost)
        // The process takes its socket with it, after its connection.
        try await until("the end of the socket") { !FileManager.default.fileExists(atPath: socket) }
    }

    @Test func `a cancelled opening leaves nothing`() async throws {
        let (gate, host) = (try BlackHole(), try await SSHFixture())
        let program = try program(host)
        var hop = try host.hop()
        hop.endpoint.port = gate.port
        let (way, target) = ([hop], try host.hop())
        let opening = Task { try await program.run("true", on: target, through: way, worker: host.worker) }
        try await until("an opening") { await !program.masters.entries.isEmpty }
        await program.close()
        await #expect(throws: (any Error).self) { _ = try await opening.value }
        #expect(try leftovers(program).isEmpty)
    }

    @Test func `a terminal's Ctrl-C does not reach the program's processes`() async throws {
        let (gate, host) = (try await SSHFixture(), try await SSHFixture())
        var program = try program(host)
        let folder = host.server.folder
        // The sixth field is the session.
        program.program = try folder.write(
            "#!/bin/sh\ncut -d' ' -f6 /proc/$$/stat >> '\(folder["sessions"])'\nexec ssh \"$@\"\n", to: "ssh")
        chmod(program.program, 0o700)
        _ = try await echo("in", by: program, on: try host.hop(), through: [try gate.hop()], host.worker)
        await program.close()
        let sessions = try folder.read("sessions").split(separator: "\n").compactMap { pid_t($0) }
        #expect(sessions.count == 3, "the bastion's, the host's and its way")
        #expect(!sessions.contains(getsid(0)), "\(sessions)")
    }
}
