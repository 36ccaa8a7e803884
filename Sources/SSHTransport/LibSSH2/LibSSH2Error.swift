import CLibSSH2

/// What the numbers of libssh2 mean to us. They are negative.
enum LibSSH2Error {
    /// The kind of failure behind a number. Total: what is not known is a failure of the library.
    static func code(for number: Int32) -> SSHError.Code {
        switch number {
        case LIBSSH2_ERROR_KEX_FAILURE: .noCommonAlgorithm
        case LIBSSH2_ERROR_SOCKET_NONE, LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_BANNER_SEND,
            LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, LIBSSH2_ERROR_HOSTKEY_INIT, LIBSSH2_ERROR_HOSTKEY_SIGN:
            .handshakeFailed
        case LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_TIMEOUT,
            LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_BAD_SOCKET:
            .connectionLost
        case LIBSSH2_ERROR_TIMEOUT: .unresponsive
        case LIBSSH2_ERROR_INVALID_MAC, LIBSSH2_ERROR_DECRYPT, LIBSSH2_ERROR_PROTO, LIBSSH2_ERROR_ZLIB,
            LIBSSH2_ERROR_COMPRESS, LIBSSH2_ERROR_OUT_OF_BOUNDARY, LIBSSH2_ERROR_CHANNEL_OUTOFORDER,
            LIBSSH2_ERROR_CHANNEL_UNKNOWN, LIBSSH2_ERROR_CHANNEL_WINDOW_EXCEEDED,
            LIBSSH2_ERROR_CHANNEL_PACKET_EXCEEDED:
            .protocolViolated
        case LIBSSH2_ERROR_PASSWORD_EXPIRED: .passwordExpired
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED: .authenticationFailed
        case LIBSSH2_ERROR_FILE, LIBSSH2_ERROR_KEYFILE_AUTH_FAILED, LIBSSH2_ERROR_PUBLICKEY_PROTOCOL,
            LIBSSH2_ERROR_AGENT_PROTOCOL:
            .keyUnusable
        case LIBSSH2_ERROR_CHANNEL_FAILURE, LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED, LIBSSH2_ERROR_REQUEST_DENIED:
            .channelRefused
        case LIBSSH2_ERROR_CHANNEL_CLOSED, LIBSSH2_ERROR_CHANNEL_EOF_SENT: .channelClosed
        case LIBSSH2_ERROR_KNOWN_HOSTS: .knownHostsUnreadable
        default: .libraryFailure
        }
    }

    /// Whether the session is of no more use after this number.
    static func endsSession(_ number: Int32) -> Bool {
        switch code(for: number) {
        case .connectionLost, .protocolViolated, .handshakeFailed: true
        default: number == LIBSSH2_ERROR_ALLOC || number == LIBSSH2_ERROR_BAD_USE || number == LIBSSH2_ERROR_ENCRYPT
        }
    }

    /// What is said when the connection has gone in the middle of something.
    ///
    /// - Parameter farewell: What the other side said about it, quoted.
    static func connectionLost(_ operation: String, number: Int32, farewell: String? = nil) -> SSHError {
        let said = farewell.map { ": the server said \($0)" } ?? ""
        return SSHError(
            .connectionLost, operation, "connection lost during \(operation)\(said)", number: number,
            hint: "see whether the host is up and its SSH service runs")
    }
}
