import Glibc
import Testing

@testable import ChildProcess

/// Kernels without process descriptors, and sandboxes that forbid them: a thread waits for the child instead.
@Suite(.timeLimit(.minutes(1))) struct WaitingThreadTests {
    private func start(_ script: String) throws -> RunningChild {
        try RunningChild.start(
            ChildCommand("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"]), openingHandle: { _ in -1 })
    }

    @Test func `output and ending of a child come without a process descriptor`() async throws {
        let child = try start("head -c 300000 /dev/zero; echo err >&2; exit 7")
        let result = await child.wait()
        #expect(result.ending == .exited(7))
        #expect(result.output.bytes.count == 300_000)
        #expect(result.errors.text == "err\n")
        // Collected: nothing is left of it in the table of processes.
        #expect(kill(child.pid, 0) == -1 && errno == ESRCH)
    }

    @Test func `a child is ended without one, and many are waited for at once`() async throws {
        let children = try (0..<20).map { _ in try start("exec sleep 600") }
        for child in children { child.kill() }
        for child in children { #expect(await child.wait().ending == .signalled(SIGKILL)) }
    }
}
