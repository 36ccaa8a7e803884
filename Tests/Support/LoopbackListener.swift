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
        let listener: Int32
        (listener, port) = try LoopbackSocket.bound(listening: 512)
        descriptor = listener
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
