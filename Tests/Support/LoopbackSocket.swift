import Foundation

/// Sockets of the tests' own ends, on 127.0.0.1.
package enum LoopbackSocket {
    /// A socket on a port that the kernel picks.
    ///
    /// - Parameter backlog: How many connections may wait to be taken; nil: it does not listen.
    package static func bound(listening backlog: Int32?) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var bound = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) | (backlog.map { listen(descriptor, $0) } ?? 0)
                    | getsockname(descriptor, $0, &length)
            }
        }
        guard descriptor >= 0, result == 0 else { throw failure(descriptor) }
        return (descriptor, UInt16(bigEndian: bound.sin_port))
    }

    /// A socket with a connection to this port.
    ///
    /// - Parameter waits: Without it the connection may still be under way.
    package static func connected(to port: UInt16, waits: Bool = true) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, waits ? kind : kind | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = address(port: port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, result == 0 || !waits && errno == EINPROGRESS else { throw failure(descriptor) }
        return descriptor
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func failure(_ descriptor: Int32) -> POSIXError {
        let number = errno
        if descriptor >= 0 { close(descriptor) }
        return POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
    }
}
