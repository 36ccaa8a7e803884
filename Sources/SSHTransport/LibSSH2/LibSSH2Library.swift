import CLibSSH2

/// The library as a whole.
enum LibSSH2Library {
    /// Initialises it, once in the process: the call is not thread-safe, the making of a static is.
    static let isReady = libssh2_init(0) == 0

    /// Its version at run time, as 0x010a00 for 1.10.0.
    static let version: Int32 = {
        let parts = String(cString: libssh2_version(0)).split(separator: ".").map {
            Int32($0.prefix { $0.isNumber }) ?? 0
        }
        return parts.prefix(3).reduce(0) { $0 << 8 | $1 } << (8 * Int32(max(0, 3 - parts.count)))
    }()

    /// RSA keys of users: before 1.11 only with SHA-1, which OpenSSH refuses since 8.8.
    static var canSignWithRSA: Bool { version >= 0x010b00 }
}
