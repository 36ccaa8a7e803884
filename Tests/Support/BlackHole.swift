import Foundation

/// A port behind which packets vanish: its queue of connections is full and nobody takes them out, so the kernel drops
/// what arrives, as a firewall does.
package final class BlackHole: Sendable {
    /// The port to connect to.
    package let port: UInt16
    private let descriptors: [Int32]

    package init() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) | listen(listener, 0) | getsockname(listener, $0, &length)
            }
        }
        guard listener >= 0, result == 0 else { throw POSIXError(.EADDRINUSE) }
        var all = [listener]
        for _ in 0..<4 {
            let filler = socket(
                AF_INET,
                Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(filler, $0, length) }
            }
            all.append(filler)
        }
        descriptors = all
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { descriptors.forEach { close($0) } }
}
