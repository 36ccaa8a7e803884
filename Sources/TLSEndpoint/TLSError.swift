import COpenSSL

/// What a TLS end failed with.
package struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An open list.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Another program listens on that port; the text names it.
        package static let portTaken = Code(rawValue: "port-taken")
        /// The system refused a socket call; ``TLSError/number`` is its `errno`.
        package static let socket = Code(rawValue: "socket")
        /// Certificate, key and chain do not make an identity.
        package static let identity = Code(rawValue: "identity")
        /// The handshake failed; ``TLSError/number`` is OpenSSL's packed code.
        package static let handshake = Code(rawValue: "handshake")
    }

    package var code: Code
    /// Lower case, no full stop.
    package var operation: String
    package var number: Int
    package var reason: String?

    package init(_ code: Code, _ operation: String, number: Int = 0, reason: String? = nil) {
        self.code = code
        self.operation = operation
        self.number = number
        self.reason = reason
    }

    package var description: String { operation + (reason.map { " (\($0))" } ?? "") }

    static func fromQueue(_ code: Code, _ operation: String) -> TLSError {
        let number = ERR_peek_last_error()
        let reason = number == 0 ? nil : ERR_reason_error_string(number).map { String(cString: $0) }
        ERR_clear_error()
        return TLSError(code, operation, number: Int(truncatingIfNeeded: number), reason: reason)
    }

    static func fromErrno(_ operation: String, _ number: Int32) -> TLSError {
        TLSError(.socket, operation, number: Int(number), reason: errorText(number))
    }
}
