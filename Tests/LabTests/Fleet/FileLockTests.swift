import Foundation
import Testing

@testable import Lab

@Suite struct FileLockTests {
    @Test func `a lock that is let go is free, although a child that is being started shares the open file`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/lock"
        let lock = try #require(try FileLock.take(path))
        #expect(try FileLock.take(path) == nil)
        #expect(try !FileLock.isFree(path))
        // What a child has between fork and exec.
        let shared = try #require(
            (3..<4096).first {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
            }.map { dup(Int32($0)) })
        defer { close(shared) }
        lock.release()
        lock.release()
        #expect(try FileLock.isFree(path))
    }
}
