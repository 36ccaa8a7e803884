import Foundation

/// A port behind which packets vanish: its queue of connections is full and nobody takes them out, so the kernel drops
/// what arrives, as a firewall does.
package final class BlackHole: Sendable {
    /// The port to connect to.
    package let port: UInt16
    private let descriptors: [Int32]

    package init() throws {
        let (listener, port) = try LoopbackSocket.bound(listening: 0)
        self.port = port
        descriptors = try [listener] + (0..<4).map { _ in try LoopbackSocket.connected(to: port, waits: false) }
    }

    deinit { descriptors.forEach { close($0) } }
}
