/// Memory that reads go through, so that no session keeps any: one for each worker, lent for the length of a call.
final class ReadBuffer {
    /// What libssh2 gives in one read at most.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 32768, alignment: 16)

    deinit { bytes.deallocate() }

    /// A copy of what was read.
    func first(_ count: Int) -> [UInt8] { [UInt8](UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
}
