import Foundation

/// A port of 127.0.0.1 on which nothing listens, and on which nobody else will as long as this is held: it is bound,
/// which keeps the kernel from giving it away, and refuses connections since it does not listen.
package final class DeadPort: Sendable {
    /// The port.
    package let port: UInt16
    private let descriptor: Int32

    /// Takes a port that the kernel picks.
    package init() throws {
        let bound = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(bound, $0, length) | getsockname(bound, $0, &length)
            }
        }
        guard bound >= 0, result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        descriptor = bound
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
