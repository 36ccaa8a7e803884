import Descriptors
import Dispatch
import Foundation
import Synchronization

/// Listens on a port of 127.0.0.1 that the kernel picks, and hands out each connection.
package final class LoopbackListener: Sendable {
    /// The port it listens on.
    package let port: UInt16
    private let descriptor: Int32
    private let isStopped = Atomic(false)
    private let queue = DispatchQueue(label: "test.listener")
    private let watched: DescriptorWatch.Watched

    /// - Parameter accepted: Called on a queue of the listener's own with each new connection, a blocking descriptor that
    ///   is the callee's to close.
    package init(accepted: @escaping @Sendable (Int32) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) | listen(listener, 512) | getsockname(listener, $0, &length)
            }
        }
        guard listener >= 0, result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        descriptor = listener
        port = UInt16(bigEndian: address.sin_port)
        _ = fcntl(listener, F_SETFL, O_NONBLOCK)
        let queue = queue
        let watched = DescriptorWatch.shared("test.listeners")?.watch(listener) { _ in
            queue.async {
                while true {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else { return }
                    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                    accepted(connection)
                }
            }
        }
        guard let watched else {
            close(listener)
            throw POSIXError(.EMFILE)
        }
        self.watched = watched
    }

    /// Stops listening.
    ///
    /// - Parameter closed: Called when the port refuses connections.
    package func stop(closed: @escaping @Sendable () -> Void = {}) {
        let isFirst = isStopped.exchange(true, ordering: .relaxed) == false
        watched.end()
        queue.async { [descriptor] in
            if isFirst { close(descriptor) }
            closed()
        }
    }

    deinit { stop() }
}
