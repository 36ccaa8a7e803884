#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bytes that must never be shown: a password, a passphrase, a key, a PFX.
///
/// It prints as dots wherever it ends up, has no coding of its own, and its storage is overwritten when the last
/// copy goes. Whoever needs the bytes says so with ``withBytes(_:)``.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private final class Storage: Sendable {
        // `nonisolated(unsafe)`: the memory is written in init, before anybody else has it, and wiped in deinit, when nobody
        // has it any more; in between it is only read.
        nonisolated(unsafe) let bytes: UnsafeMutableBufferPointer<UInt8>

        init(_ source: some Collection<UInt8>) {
            bytes = .allocate(capacity: source.count)
            _ = bytes.initialize(from: source)
        }

        deinit {
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
            bytes.deallocate()
        }
    }

    private let storage: Storage

    /// Copies the bytes; the caller's own copy stays the caller's to wipe.
    package init(_ bytes: some Collection<UInt8>) {
        storage = Storage(bytes)
    }

    /// The UTF-8 bytes of a text.
    package init(text: String) {
        storage = Storage(Array(text.utf8))
    }

    /// A password of letters and digits from the system's random source, about 5.95 bits a character.
    ///
    /// ASCII only and never empty, because PKCS#12 readers disagree on everything else (`windows-ssh`, PFX files).
    package static func randomPassword(length: Int = 32) -> Secret {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var source = SystemRandomNumberGenerator()
        return Secret((0..<max(length, 1)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &source)] })
    }

    /// Lends the bytes for the length of the closure.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage.bytes))
    }

    /// A copy of the bytes, which the caller wipes.
    package var revealed: [UInt8] { Array(storage.bytes) }

    /// A copy as text, for the few interfaces that take nothing else.
    package var revealedText: String { String(decoding: storage.bytes, as: UTF8.self) }

    package var isEmpty: Bool { storage.bytes.isEmpty }
    package var description: String { "••••••" }
    package var debugDescription: String { "••••••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
