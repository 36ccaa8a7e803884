import FleetModel
import FoundationEssentials
import Glibc
import Testing

@testable import Lab

struct LabControlTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func program(_ script: String) throws -> String {
        let path = scratch.path + "/program"
        try StateFile.write(Data("#!/bin/sh\n\(script)\n".utf8), to: path, mode: 0o755)
        return path
    }

    private func up(_ program: String, transcripts: String? = nil) async throws -> LabControl.Answer {
        try await LabControl.up(
            LabControl.Request(
                folder: scratch.path + "/lab", program: program, transcripts: transcripts,
                source: { SampleFleet.pair() }, render: { "\($0.pools.count) pools\n" }))
    }

    @Test func `a daemon that does not come up is quoted`() async throws {
        let program = try program("echo old words >&2; echo \"$*: no\" >&2; exit 1")
        let error = await #expect(throws: LabError.self) { _ = try await up(program) }
        let folder = try LabFolder(existing: scratch.path + "/lab")
        #expect(error?.code == .notUp)
        #expect(error?.message == "the lab did not come up:\n  old words\n  lab serve \(folder.path): no")
        #expect(error?.hint == "its words are in \(folder.log)")
        #expect(try StateFile.read(folder.inventory) == nil)
    }

    @Test func `a lab that is up already answers, with the inventory and what to type next`() async throws {
        let path = scratch.path + "/lab"
        try await LabFleet.create(in: path, from: SampleFleet.pair())
        let server = try LabServer.start(folder: path, program: "/bin/true", log: { _ in })
        let answer = try await up("/nowhere", transcripts: scratch.path + "/said")
        let folder = try LabFolder(existing: path)
        #expect(answer.wasUp && !answer.created && answer.hosts == 2 && answer.folder == folder.path)
        #expect(
            answer.next == [
                "certfleet --project \(folder.path) plan fe", "certfleet --project \(folder.path) rollout fe",
                "certfleet --project \(folder.path) push edge/external", "certfleet --project \(folder.path) renew",
                "certfleet lab down \(folder.path)",
            ])
        #expect(try StateFile.read(folder.inventory) == Data("2 pools\n".utf8))
        let identity = try folder.state("fe01").identity()
        #expect(identity.transcripts == scratch.path + "/said" && identity.ports.count == 4)
        await server.stop()
    }

    @Test func `a process that is not the lab's is never ended`() async throws {
        let path = scratch.path + "/lab"
        try await LabFleet.create(in: path, from: SampleFleet.pair())
        #expect(try await LabControl.down(folder: path) == false)
        let folder = try LabFolder(existing: path)
        let lock = try #require(try FileLock.take(folder.lock))
        try StateFile.write(Data("\(getpid())\n".utf8), to: folder.pid)
        let error = await #expect(throws: LabError.self) { try await LabControl.down(folder: path) }
        #expect(error?.code == .daemon)
        lock.release()
    }
}
