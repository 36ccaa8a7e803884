import CLinux
import Glibc
import Testing

@testable import Lab

struct HostChannelTests {
    @Test(.timeLimit(.minutes(1)))
    func `all that was sent before the line broke is read, and its end is noticed`() async {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let whole = [UInt8](repeating: 7, count: 200_000)
        // F_SETPIPE_SZ, which the module of the C library leaves out: more than one read takes.
        #expect(fcntl(ends[1], 1031, 1 << 20) >= whole.count)
        #expect(write(ends[1], whole, whole.count) == whole.count)
        close(ends[1])
        defer { close(ends[0]) }
        let channel = HostChannel(input: ends[0], output: -1, error: -1)
        channel.start(transcript: nil)
        var count = 0
        for await event in channel.events {
            if case .bytes(let bytes) = event { count += bytes.count }
            if case .ended = event { break }
        }
        #expect(count == whole.count)
        channel.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a file is read to its end, as a pipe is`() async throws {
        let file = memfd_create("input", linux_memfd_cloexec)
        try #require(file >= 0)
        defer { close(file) }
        #expect(write(file, [UInt8](repeating: 7, count: 100_000), 100_000) == 100_000)
        lseek(file, 0, SEEK_SET)
        let channel = HostChannel(input: file, output: -1, error: -1)
        channel.start(transcript: nil)
        var count = 0
        for await event in channel.events {
            if case .bytes(let bytes) = event { count += bytes.count }
            if case .ended = event { break }
        }
        #expect(count == 100_000)
        channel.stop()
    }

    @Test(.timeLimit(.minutes(1)))
    func `hundreds of channels come and go on many threads`() async {
        await withTaskGroup { group in
            for _ in 0..<300 {
                group.addTask {
                    var ends: [Int32] = [0, 0]
                    #expect(pipe(&ends) == 0)
                    let channel = HostChannel(input: ends[0], output: -1, error: -1)
                    channel.start(transcript: nil)
                    #expect(write(ends[1], [UInt8(7)], 1) == 1)
                    var events = channel.events.makeAsyncIterator()
                    if case .bytes(let bytes) = await events.next() { #expect(bytes == [7]) } else { Issue.record() }
                    close(ends[1])
                    if case .ended = await events.next() {} else { Issue.record() }
                    channel.stop()
                    close(ends[0])
                }
            }
        }
    }
}
