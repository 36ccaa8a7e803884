#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import COpenSSL

extension Digest {
    /// HMAC-MD5, which nothing but NTLM still asks for.
    package static func hmacMD5(_ data: Data, key: Data) -> Data {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let done = key.withUnsafeBytes { key in
            data.withUnsafeBytes { data in
                HMAC(
                    EVP_md5(), key.baseAddress, Int32(clamping: key.count),
                    data.bindMemory(to: UInt8.self).baseAddress, data.count, &bytes, &length)
            }
        }
        // As with SHA: only a library without the digest, or memory, fails here.
        precondition(done != nil, "OpenSSL has no MD5 digest")
        return Data(bytes.prefix(Int(length)))
    }
}
