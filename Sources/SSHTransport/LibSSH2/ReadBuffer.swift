/// Memory that reads go through, so that no session keeps any: one for each worker, lent for the length of a call.
///
/// `@unchecked Sendable`: used on its worker's thread only.
final class ReadBuffer: @unchecked Sendable {
    /// What libssh2 gives in one read at most.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 32768, alignment: 16)

    deinit { bytes.deallocate() }

    /// A copy of what was read.
    func first(_ count: Int) -> [UInt8] {
        // Made so, even an empty array would be written to, and all empty arrays are one.
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { copy, filled in
            UnsafeMutableRawBufferPointer(copy).copyBytes(from: bytes.prefix(count))
            filled = count
        }
    }
}
