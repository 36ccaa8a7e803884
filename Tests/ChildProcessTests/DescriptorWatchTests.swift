import CLinux
import Dispatch
import Glibc
import Synchronization
import Testing

@testable import ChildProcess

@Suite(.timeLimit(.minutes(1))) struct DescriptorWatchTests {
    @Test func `what is there already is told, then each change, and nothing after the end`() async throws {
        let watch = try #require(DescriptorWatch(label: "test.watch"))
        var ends: [Int32] = [0, 0]
        try #require(pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0)
        let (reading, writing) = (ends[0], ends[1])
        func ring() { _ = write(writing, [UInt8(1)], 1) }
        let (told, tell) = AsyncStream.makeStream(of: Void.self)
        ring()
        let count = Mutex(0)
        let watched = try #require(
            watch.watch(reading) { _ in
                var byte: UInt8 = 0
                while read(reading, &byte, 1) > 0 { count.withLock { $0 += 1 } }
                tell.yield()
            })
        for expected in 1...3 {
            for await _ in told where count.withLock({ $0 }) >= expected { break }
            if expected < 3 { ring() }
        }
        watched.end()
        watched.end()
        ring()
        await withCheckedContinuation { done in watch.queue.async { done.resume() } }
        #expect(count.withLock { $0 } == 3)
        #expect(watch.watch(-1) { _ in } == nil)
        close(reading)
        close(writing)
        withExtendedLifetime(watch) {}
    }

    @Test func `hundreds of children on many threads come and go`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let result = try await ChildCommand(
                        "/bin/sh", ["-c", "echo \(number); echo err >&2"], environment: ["PATH": "/usr/bin:/bin"]
                    ).run()
                    return result.output.text == "\(number)\n" && result.errors.text == "err\n"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
