#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL

/// The algorithm of a public key.
enum PublicKeyKind: String {
    case rsa, ec, other

    /// - Parameter publicKey: `SubjectPublicKeyInfo`, DER.
    init(_ publicKey: Data) {
        defer { ERR_clear_error() }
        guard
            let pointer = try? decode(
                publicKey, "read a public key", { d2i_PUBKEY(nil, $0, $1) }, free: { EVP_PKEY_free($0) })
        else {
            self = .other
            return
        }
        let key = KeyHandle(owning: pointer)
        self =
            switch key.use({ EVP_PKEY_get_base_id($0) }) {
            case EVP_PKEY_RSA: .rsa
            case EVP_PKEY_EC: .ec
            default: .other
            }
    }
}
