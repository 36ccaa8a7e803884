import ChildProcess
import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The folders for the files of `ssh` processes: where they are, and that none is left for ever.
@Suite(.timeLimit(.minutes(2))) struct ProgramFolderTests {
    // Paths of sockets have little room.
    @Test func `a socket's folder is where temporary files go, unless its name would not fit or would be read wrongly`()
    {
        #expect(ProgramFolder.parent(nil) == "/tmp")
        #expect(ProgramFolder.parent("/var/tmp") == "/var/tmp")
        let own = "/certfleet-ssh-4194304-XXXXXX/999999/master"
        let longest = "/" + String(repeating: "a", count: UnixSocket.longestPath - 17 - own.utf8.count - 1)
        #expect(ProgramFolder.parent(longest) == longest)
        #expect(ProgramFolder.parent(longest + "a") == "/tmp")
        #expect(ProgramFolder.parent("/t${HOME}") == "/tmp")
        #expect(ProgramFolder.parent("relative") == "/tmp")
    }

    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    /// A folder as a process leaves it that is killed.
    private func left(_ name: String, mode: Int = 0o700, file: String = "0/log") throws -> String {
        try place.write("", to: "\(name)/\(file)")
        for folder in [name, "\(name)/0"] where FileManager.default.fileExists(atPath: place[folder]) {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place[folder])
        }
        return place[name]
    }

    private var names: Set<String> {
        get throws { Set(try FileManager.default.contentsOfDirectory(atPath: place.path)) }
    }

    @Test func `a folder whose owner was killed is taken away by the next that needs one`() async throws {
        let dead = try left("certfleet-ssh-123-abcdef")
        mkfifo("\(dead)/0/pipe", 0o600)
        // As long as the process lives that has locked it, nobody touches it, whatever its number says.
        let owner = try RunningChild.start(
            ChildCommand(
                "flock", ["--no-fork", dead, "sleep", "60"], environment: ["PATH": "/usr/bin:/bin"], output: .discarded)
        )
        let look = ChildCommand("flock", ["-n", dead, "true"], environment: ["PATH": "/usr/bin:/bin"])
        try await until("the lock") { try await !look.run().ending.isSuccess }
        let early = ProgramFolders()
        withExtendedLifetime(try early.make(in: place.path)) {
            #expect(FileManager.default.fileExists(atPath: "\(dead)/0/log"))
        }
        owner.kill()
        _ = await owner.wait()
        let late = ProgramFolders()
        let folder = try late.make(in: place.path)
        #expect(!FileManager.default.fileExists(atPath: dead))
        #expect(try names.count == 1)
        folder.remove()
        #expect(try names.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a program that waits for its killed owner to read its log is let go`()
        async throws
    {
        let dead = try left("certfleet-ssh-123-abcdef")
        let pipe = "\(dead)/0/pipe"
        mkfifo(pipe, 0o600)
        let words = ["-c", ": > '\(place["begun"])'; echo > '\(pipe)'"]
        async let waiting = ChildCommand("sh", words, environment: ["PATH": "/usr/bin:/bin"]).run(limit: .seconds(20))
        while !FileManager.default.fileExists(atPath: place["begun"]) { await Task.yield() }
        let folders = ProgramFolders()
        try folders.make(in: place.path).remove()
        _ = try await waiting
    }

    @Test func `nothing is taken away that is not ours beyond doubt`() throws {
        _ = try left("certfleet-ssh-1-abcdef", mode: 0o755)
        _ = try left("certfleet-ssh-2-abcdef", file: "letters/to a friend")
        _ = try left("certfleet-ssh-3-abcdef", file: "0/more/deep")
        _ = try left("certfleet-4-abcdef")
        try place.write("", to: "certfleet-ssh-5-abcdef")
        try place.write("", to: "elsewhere/0/log")
        chmod(place["elsewhere"], 0o700)
        chmod(place["elsewhere/0"], 0o700)
        symlink(place["elsewhere"], place["certfleet-ssh-6-abcdef"])
        let before = try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted()
        let folders = ProgramFolders()
        let folder = try folders.make(in: place.path)
        folder.remove()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: place.path).sorted() == before)
    }

    @Test func `folders of one process share one, which goes with the last of them`() throws {
        let folders = ProgramFolders()
        let (one, two) = (try folders.make(in: place.path), try folders.make(in: place.path))
        #expect(try names.count == 1)
        #expect(one.file("log") != two.file("log"))
        one.remove()
        one.remove()
        #expect(try names.count == 1)
        two.remove()
        #expect(try names.isEmpty)
        let three = try folders.make(in: place.path)
        #expect(try names.count == 1)
        _ = three
    }

    @Test func `who tidies up all of them costs a new one`() throws {
        let folders = ProgramFolders()
        let one = try folders.make(in: place.path)
        for name in try names { try FileManager.default.removeItem(atPath: place[name]) }
        let two = try folders.make(in: place.path)
        _ = try two.write("", to: "log")
        one.remove()
        #expect(FileManager.default.fileExists(atPath: two.file("log")))
    }
}
