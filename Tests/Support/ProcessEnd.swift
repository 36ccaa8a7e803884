import Glibc

/// The end of a test process: `exit` has OpenSSL clean up after itself, while connections that a test has let go of may
/// still be ending on other threads. The program itself ends without that.
enum ProcessEnd {
    /// Tells OpenSSL not to, where this process has it and nobody has used it yet.
    static let isPlain: Bool = {
        guard let symbol = dlsym(nil, "OPENSSL_init_crypto") else { return false }
        typealias Start = @convention(c) (UInt64, OpaquePointer?) -> Int32
        // OPENSSL_INIT_NO_ATEXIT
        return unsafeBitCast(symbol, to: Start.self)(0x0008_0000, nil) == 1
    }()
}
