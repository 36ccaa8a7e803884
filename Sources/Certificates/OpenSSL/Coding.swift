#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL
import FleetModel

/// Larger than any certificate, request or bundle that this tool has business with, in bytes.
let largestInput = 1 << 20

/// Runs one of OpenSSL's `d2i_…` functions over the whole of `der`: bytes left over make it unreadable.
func decode(
    _ der: Data, _ operation: String,
    _ d2i: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?,
    free: ((OpaquePointer) -> Void)? = nil
) throws -> OpaquePointer {
    try der.withUnsafeBytes { try decode($0, operation, d2i, free: free) }
}

func decode(
    _ der: UnsafeRawBufferPointer, _ operation: String,
    _ d2i: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?,
    free: ((OpaquePointer) -> Void)? = nil
) throws -> OpaquePointer {
    ERR_clear_error()
    guard let start = der.bindMemory(to: UInt8.self).baseAddress, !der.isEmpty, der.count <= largestInput else {
        throw CertificateError(.unreadable, operation, reason: der.isEmpty ? "no bytes" : "too large")
    }
    var position: UnsafePointer<UInt8>? = start
    guard let object = d2i(&position, der.count) else {
        throw CertificateError.fromQueue(.unreadable, operation)
    }
    guard position == start + der.count else {
        free?(object)
        throw CertificateError(.unreadable, operation, reason: "bytes after the end")
    }
    return object
}

/// Runs one of OpenSSL's `i2d_…` functions.
func encode(
    _ operation: String, _ i2d: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
) throws -> Data {
    let length = i2d(nil)
    guard length > 0 else { throw CertificateError.fromQueue(.failed, operation) }
    var bytes = Data(count: Int(length))
    bytes.withUnsafeMutableBytes { buffer in
        var position = buffer.bindMemory(to: UInt8.self).baseAddress
        _ = i2d(&position)
    }
    return bytes
}

/// The text that a C function writes into a buffer; `nil` when it says there is none.
func text(_ write: (UnsafeMutablePointer<CChar>, Int32) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress else { return nil }
        buffer.initialize(repeating: 0)
        let length = write(start, Int32(buffer.count))
        return length > 0 && length < buffer.count ? String(cString: start) : nil
    }
}

/// Upper-case hex without separators.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}

/// PEM of one block, lines of 64 characters.
func pemBlock(_ label: String, _ der: Data) -> Data {
    let encoded = Array(der.base64EncodedString().utf8)
    var text = Data("-----BEGIN \(label)-----\n".utf8)
    for start in stride(from: 0, to: encoded.count, by: 64) {
        text.append(contentsOf: encoded[start..<min(start + 64, encoded.count)])
        text.append(UInt8(ascii: "\n"))
    }
    text.append(contentsOf: Data("-----END \(label)-----\n".utf8))
    return text
}

extension Secret {
    /// Lends the bytes with a zero after them, in a buffer that is wiped.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) throws -> Result {
        try withBytes { bytes in
            try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { buffer in
                buffer.initialize(repeating: 0)
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                defer { OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
                guard let start = buffer.baseAddress else { throw CertificateError(.failed, "allocate memory") }
                return try start.withMemoryRebound(to: CChar.self, capacity: buffer.count) { try body($0) }
            }
        }
    }
}
