import Foundation

/// A port of 127.0.0.1 on which nothing listens, and on which nobody else will as long as this is held: it is bound,
/// which keeps the kernel from giving it away, and refuses connections since it does not listen.
package final class DeadPort: Sendable {
    /// The port.
    package let port: UInt16
    private let descriptor: Int32

    package init() throws { (descriptor, port) = try LoopbackSocket.bound(listening: nil) }

    deinit { close(descriptor) }
}
