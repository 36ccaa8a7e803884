import Foundation
import TestSupport
import Testing

@testable import SSHTransport

extension SSHFixture {
    /// The server as a host or bastion of the second door.
    func hop(title: String? = nil, deadlines: SSHDeadlines = quick) throws -> SSHProgram.Hop {
        let pins = try server.folder.write(try server.knownHostsLine(), to: "a 100% pin")
        return SSHProgram.Hop(
            SSHEndpoint(host: "127.0.0.1", port: server.port, user: server.user, title: title),
            knownHosts: [pins], keys: [.file(key)], deadlines: deadlines)
    }
}

/// Tests of hosts behind bastions, by the second door: one connection to each bastion for all of them.
protocol SharedPrograms {}

extension SharedPrograms {
    /// Everything of one run: its own workers' door, and a program that shares.
    func program(_ fixture: SSHFixture, linger: Int = 10) throws -> SSHProgram {
        var program = try SSHDoor.program(fixture)
        program.linger = linger
        program.environment["TMPDIR"] = fixture.server.folder["t"]
        mkdir(fixture.server.folder["t"], 0o700)
        return program
    }

    func echo(
        _ text: String, by program: SSHProgram, on host: SSHProgram.Hop, through way: [SSHProgram.Hop],
        _ worker: SSHWorker
    ) async throws -> String {
        let channel = try await program.run("echo \(text)", on: host, through: way, worker: worker)
        return try await OpenDoor(command: channel, session: nil).run().text
    }

    /// What is in the folder for temporary files.
    func leftovers(_ program: SSHProgram) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: #require(program.environment["TMPDIR"]))
    }
}
