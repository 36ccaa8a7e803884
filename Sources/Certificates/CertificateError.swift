import COpenSSL

/// What a call of this room failed with.
///
/// The text names what was attempted and, where OpenSSL gave one, its reason; never key material or a password.
package struct CertificateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An open list: callers compare with the ones they know.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes are not what they should be.
        package static let unreadable = Code(rawValue: "unreadable")
        /// A PKCS#12 whose password is another one.
        package static let wrongPassword = Code(rawValue: "wrong-password")
        /// A PKCS#12 was given where only certificates are read: it holds a key and needs a password.
        package static let isPFX = Code(rawValue: "is-pfx")
        /// A PKCS#12 without a key or without the certificate that belongs to it.
        package static let noKey = Code(rawValue: "no-key")
        /// Key and certificate are not a pair.
        package static let keyMismatch = Code(rawValue: "key-mismatch")
        /// The certificates do not lead to a trusted root, or one of them is not valid at that time.
        package static let chain = Code(rawValue: "chain")
        /// A name, address or date that cannot stand in a certificate.
        package static let notAllowed = Code(rawValue: "not-allowed")
        /// A private key in OpenSSH's form with a passphrase, which is not opened here.
        package static let sealed = Code(rawValue: "sealed")
        /// The library could not do it; ``CertificateError/number`` says why.
        package static let failed = Code(rawValue: "failed")
    }

    package var code: Code
    /// What was attempted or what is wrong, lower case, no full stop.
    package var operation: String
    /// OpenSSL's packed error code, or its verification error for `chain`; 0 when there is none.
    package var number: Int
    /// OpenSSL's word for the number.
    package var reason: String?

    package init(_ code: Code, _ operation: String, number: Int = 0, reason: String? = nil) {
        self.code = code
        self.operation = operation
        self.number = number
        self.reason = reason
    }

    package var description: String { operation + (reason.map { " (\($0))" } ?? "") }

    /// The newest entry of this thread's error queue as an error; empties the queue.
    static func fromQueue(_ code: Code, _ operation: String) -> CertificateError {
        let number = ERR_peek_last_error()
        let reason = number == 0 ? nil : ERR_reason_error_string(number).map { String(cString: $0) }
        ERR_clear_error()
        return CertificateError(code, operation, number: Int(truncatingIfNeeded: number), reason: reason)
    }
}
