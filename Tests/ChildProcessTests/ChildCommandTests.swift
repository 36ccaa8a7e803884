import ChildProcess
import Glibc
import Testing

@Suite struct ChildCommandTests {
    private func shell(_ script: String) -> ChildCommand {
        ChildCommand("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func `output, errors and exit status come back`() async throws {
        let result = try await shell("echo out; echo err >&2; exit 7").run()
        #expect(result.output.text == "out\n")
        #expect(result.errors.text == "err\n")
        #expect(result.ending == .exited(7))
        #expect(!result.ending.isSuccess)
    }

    @Test func `arguments reach the program unchanged, without a shell`() async throws {
        let arguments = ["%s|", "a b", "$HOME", "'\"", "é", ""]
        let result = try await ChildCommand("printf", arguments).run()
        #expect(result.output.text == "a b|$HOME|'\"|é||")
    }

    @Test func `the environment is the given one and no other`() async throws {
        let result = try await ChildCommand("/usr/bin/env", environment: ["ONE": "1", "TWO": "a=b"]).run()
        #expect(result.output.text.split(separator: "\n").sorted() == ["ONE=1", "TWO=a=b"])
    }

    @Test func `a megabyte of input is read to its end`() async throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let result = try await ChildCommand("cat", input: .bytes(bytes)).run()
        #expect(result.output.bytes == bytes)
    }

    @Test func `no input is an end of file at once`() async throws {
        #expect(try await ChildCommand("cat").run().output.bytes.isEmpty)
    }

    @Test func `output beyond the limit is dropped and said to be`() async throws {
        var command = shell("head -c 300000 /dev/zero; echo done >&2")
        command.output = .captured(limit: 1000)
        let result = try await command.run()
        #expect(result.output.bytes.count == 1000)
        #expect(result.output.isTruncated)
        #expect(result.errors.text == "done\n")
        #expect(!result.errors.isTruncated)
    }

    @Test func `the child has no descriptor but its three`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let result = try await shell(
            "for n in 3 4 5 6 7 8 9 \(ends[0]) \(ends[1]); do [ -e /proc/$$/fd/$n ] && echo $n; done"
        ).run()
        #expect(result.output.text == "")
    }

    @Test func `given descriptors become the standard streams, whatever their numbers`() async throws {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { close(pair[0]) }
        var command = shell("read line; echo \"got $line\"")
        command.input = .descriptor(pair[1])
        command.output = .descriptor(pair[1])
        let child = try RunningChild.start(command)
        close(pair[1])
        _ = "hello\n".withCString { write(pair[0], $0, 6) }
        #expect(await child.wait().ending == .exited(0))
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(pair[0], &buffer, 100)
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "got hello\n")
    }

    @Test func `a signal is reported as such`() async throws {
        #expect(try await shell("kill -9 $$").run().ending == .signalled(SIGKILL))
    }

    @Test func `a child can be terminated by its handle, and again after its end`() async throws {
        let child = try RunningChild.start(ChildCommand("sleep", ["600"]))
        child.terminate()
        #expect(await child.wait().ending == .signalled(SIGTERM))
        child.terminate()
        child.kill()
        #expect(await child.wait().ending == .signalled(SIGTERM))
    }

    @Test func `a limit ends the child and says so`() async throws {
        let error = await #expect(throws: ChildProcessError.self) {
            try await ChildCommand("sleep", ["600"]).run(limit: .milliseconds(30))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.description == "sleep: did not end in time and was ended")
    }

    @Test func `cancelling the task ends the child`() async throws {
        let task = Task { try await ChildCommand("sleep", ["600"]).run() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a program that is not there is an error, by path and by name`() async throws {
        for name in ["/nonexistent/program", "no-such-program-here", "/etc/passwd", "/tmp", ""] {
            let error = await #expect(throws: ChildProcessError.self) { try await ChildCommand(name).run() }
            #expect(error?.code == .notFound, "\(name)")
        }
    }

    @Test func `a name is looked up in the child's own path`() async throws {
        let error = await #expect(throws: ChildProcessError.self) {
            try await ChildCommand("cat", environment: ["PATH": "/sys:relative"]).run()
        }
        #expect(error?.message == "no such program in /sys:relative")
    }

    @Test func `zero bytes are refused before anything is started`() async throws {
        let argument = await #expect(throws: ChildProcessError.self) { try await ChildCommand("echo", ["a\0b"]).run() }
        #expect(argument?.code == .badArgument)
        let variable = await #expect(throws: ChildProcessError.self) {
            try await ChildCommand("echo", environment: ["PATH": "/bin", "A=B": "c"]).run()
        }
        #expect(variable?.code == .badArgument)
    }

    @Test func `signals blocked or ignored here are not so in the child`() async throws {
        let result = try await shell("sed -n 's/^SigBlk:.//p; s/^SigIgn:.//p' /proc/self/status").run()
        let masks = result.output.text.split(separator: "\n").compactMap { UInt64($0, radix: 16) }
        #expect(masks.count == 2)
        // Signals 32 and 33 are the C library's own.
        #expect(masks.allSatisfy { $0 & 0x7fff_ffff == 0 })
    }

    @Test func `a detached child leads a session of its own and writes to its file`() async throws {
        let path = "/tmp/certfleet-detached-\(getpid())"
        defer { unlink(path) }
        var command = shell("cut -d' ' -f1,6 /proc/$$/stat; pwd")
        command.detached = true
        command.folder = "/usr"
        command.output = .appended(path: path)
        let child = try RunningChild.start(command)
        #expect(await child.wait().ending == .exited(0))
        let written = try await ChildCommand("cat", [path]).run().output.text
        #expect(written == "\(child.pid) \(child.pid)\n/usr\n")
        var entry = stat()
        #expect(stat(path, &entry) == 0 && entry.st_mode & 0o777 == 0o600)
    }

    @Test func `a grandchild that keeps the pipe open does not hold up the end`() async throws {
        let result = try await shell("echo first; sleep 600 >&1 & echo $!").run()
        let lines = result.output.text.split(separator: "\n")
        #expect(lines.first == "first")
        if let pid = lines.last.flatMap({ Int32($0) }) { kill(pid, SIGKILL) }
    }

    @Test func `a hundred children at once all report their own end`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let result = try await self.shell("echo \(number); exit \(number)").run()
                    return result.output.text == "\(number)\n" && result.ending == .exited(Int32(number))
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
