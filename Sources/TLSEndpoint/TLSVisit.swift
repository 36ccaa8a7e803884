import Descriptors
import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection that the caller has accepted on a port of its own.
package enum TLSVisit {
    /// Shows the identity to whoever called, hangs up and closes the socket; returns at once.
    ///
    /// - Parameters:
    ///   - descriptor: A connected socket; it belongs to this call from here on, but not when it throws.
    ///   - limit: After this the connection is cut, whatever the caller does.
    /// - Throws: ``TLSError`` `identity`, `socket`.
    package static func receive(
        _ descriptor: Int32, showing identity: TLSIdentity, limit: Duration = .seconds(10)
    ) throws {
        let context = try ContextHandle.serving(identity)
        let watch = try watchOfSockets()
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        watch.queue.async {
            guard let conversation = try? ConversationHandle(context, side: .server) else {
                _ = close(descriptor)
                return
            }
            let held = Held()
            let connection = TLSConnection(
                descriptor: descriptor, conversation: conversation, watch: watch,
                onEnd: { end in if case .established = end { held.connection?.closeGracefully() } },
                onClose: { held.connection = nil })
            held.connection = connection
            connection.start()
            watch.queue.asyncAfter(deadline: .now() + limit.dispatchInterval) { held.connection?.close() }
        }
    }

    /// Keeps a connection alive until it closes. Sendable because only the watch's queue touches it.
    private final class Held: @unchecked Sendable {
        var connection: TLSConnection?
    }
}
