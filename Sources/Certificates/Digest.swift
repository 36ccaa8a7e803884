#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL

/// Digests as upper-case hex.
package enum Digest {
    package static func sha256(_ data: Data) -> String { digest(data, EVP_sha256()) }

    /// For thumbprints only.
    package static func sha1(_ data: Data) -> String { digest(data, EVP_sha1()) }

    private static func digest(_ data: Data, _ algorithm: OpaquePointer?) -> String {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let done = data.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &bytes, &length, algorithm, nil) }
        // Only a library without SHA (or memory) fails here; nothing can be told apart then.
        precondition(done == 1, "OpenSSL has no SHA digest")
        return hex(bytes.prefix(Int(length)))
    }
}
