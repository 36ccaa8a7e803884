import Glibc

/// Pages that hold nothing but zeros.
///
/// With each session libssh2 keeps room for the longest packets in both directions, 54 KB together, and clears all of it
/// when it begins; what is sent and received there needs a few kilobytes. The system holds no memory for a page that has been
/// given back, and makes a cleared one of it when it is touched again (madvise(2), `MADV_DONTNEED`).
enum ClearedMemory {
    private static let page = max(1, getpagesize())

    /// Gives back every page that lies within this memory of the process's own, and is cleared.
    static func giveBack(from start: UnsafeRawPointer, _ count: Int) {
        let size = Int(page)
        let end = UInt(bitPattern: start) + UInt(count)
        var next = start.alignedUp(toMultipleOf: size)
        while UInt(bitPattern: next) + UInt(size) <= end {
            var after = next
            while UInt(bitPattern: after) + UInt(size) <= end, isCleared(after, size) { after += size }
            if after > next { madvise(UnsafeMutableRawPointer(mutating: next), after - next, MADV_DONTNEED) }
            next = after + size
        }
    }

    private static func isCleared(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
        start.load(as: UInt8.self) == 0 && memcmp(start, start + 1, count - 1) == 0
    }
}
