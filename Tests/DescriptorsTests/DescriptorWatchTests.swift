import CLinux
import Descriptors
import Dispatch
import Glibc
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct DescriptorWatchTests {
    @Test func `what is there already is told, then each change, and nothing after the end`() async throws {
        let watch = try #require(DescriptorWatch.shared("test.watch"))
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
    }

    @Test func `a watch is made once, whoever asks`() async throws {
        let watches = await withTaskGroup { group in
            for _ in 0..<50 { group.addTask { DescriptorWatch.shared("test.once") } }
            return await group.reduce(into: Set<ObjectIdentifier>()) { if let watch = $1 { $0.insert(.init(watch)) } }
        }
        #expect(watches.count == 1)
        #expect(DescriptorWatch.shared("test.once") !== DescriptorWatch.shared("test.watch"))
    }
}
