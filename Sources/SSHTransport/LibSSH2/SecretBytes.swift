import Glibc

/// Memory of our own for a secret, wiped when the last owner lets go.
final class SecretBytes: Sendable {
    // `nonisolated(unsafe)`: the memory is written in `init`, before anybody else has it, and wiped in `deinit`, when nobody
    // has it any more; in between it is only read.
    private nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer

    /// Takes the bytes and wipes the given array, as far as nobody else holds it too.
    init(wiping bytes: inout [UInt8]) {
        buffer = .allocate(byteCount: max(1, bytes.count) + 1, alignment: 1)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        buffer.copyBytes(from: bytes)
        count = bytes.count
        if !bytes.isEmpty { explicit_bzero(&bytes, bytes.count) }
        bytes = []
    }

    let count: Int

    deinit {
        if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        buffer.deallocate()
    }

    /// The bytes and, after them, a zero, for the C calls that want one.
    func withCharacters<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try buffer.withMemoryRebound(to: CChar.self) { characters in
            guard let start = characters.baseAddress else { preconditionFailure("an allocation has an address") }
            return try body(start)
        }
    }

    /// Whether both hold the same bytes.
    func isEqual(to other: SecretBytes) -> Bool { count == other.count && buffer.elementsEqual(other.buffer) }

    /// Whether there is a zero byte among them, which C would take for the end.
    var containsZero: Bool { buffer.prefix(count).contains(0) }
}
