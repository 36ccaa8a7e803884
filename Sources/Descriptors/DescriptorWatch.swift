import CLinux
@preconcurrency package import Dispatch  // its sources are thread-safe, but not marked Sendable
import Glibc
import Synchronization

/// Tells when descriptors have changed, for as many as come and go.
///
/// With one dispatch source for the life of the process: libdispatch on Linux loses track of its sources when they are
/// made and cancelled on several threads at once, and then crashes (swift-corelibs-libdispatch, issue 949). Its list of
/// them has no lock. It is changed by libdispatch's own managing thread, except when a descriptor hangs up: then its
/// source is taken out by whatever thread its queue runs on. So the rule for the whole program: no dispatch source on
/// what may hang up, a socket, a pipe, a handle of a process. Those are watched here; a source of ours watches a set of
/// epoll or a signal, which never do, and timers are not in that list.
package final class DescriptorWatch: Sendable {
    private struct State {
        var nextToken: UInt64 = 0
        var handlers: [UInt64: @Sendable (Watched) -> Void] = [:]
        var watched: [UInt64: Watched] = [:]
    }

    /// A descriptor that is watched. It has to be ended before the descriptor is closed.
    package final class Watched: Sendable {
        private let watch: DescriptorWatch
        private let descriptor: Int32
        private let token: UInt64

        fileprivate init(_ watch: DescriptorWatch, _ descriptor: Int32, _ token: UInt64) {
            (self.watch, self.descriptor, self.token) = (watch, descriptor, token)
        }

        /// Nothing more is told, except what is being told now on the watch's queue. A second call does nothing.
        package func end() { watch.remove(token, descriptor) }
    }

    private let state = Mutex(State())
    private let set: Int32
    private let source: any DispatchSourceRead

    /// All is told here, one thing after the other.
    package let queue: DispatchQueue

    private static let kept = Mutex<[String: DescriptorWatch]>([:])

    /// The watch of this name, made when it is first asked for and kept for the life of the process.
    ///
    /// - Parameter label: Of the serial queue on which all is told; what runs there must not block.
    /// - Returns: nil when the system has no descriptor left now.
    package static func shared(_ label: String) -> DescriptorWatch? {
        kept.withLock { kept in
            if let watch = kept[label] { return watch }
            kept[label] = DescriptorWatch(label: label)
            return kept[label]
        }
    }

    private init?(label: String) {
        queue = DispatchQueue(label: label)
        set = linux_epoll_create()
        guard set >= 0 else { return nil }
        source = DispatchSource.makeReadSource(fileDescriptor: set, queue: queue)
        source.setEventHandler { [weak self] in self?.tell() }
        source.activate()
    }

    /// Calls `changed` after each change of the descriptor, and once at the beginning if there is something already. It
    /// is called once for many changes: whoever reads has to read all there is.
    ///
    /// - Returns: nil when the system refuses.
    package func watch(_ descriptor: Int32, _ changed: @escaping @Sendable (Watched) -> Void) -> Watched? {
        state.withLock { state in
            state.nextToken += 1
            let token = state.nextToken
            guard linux_epoll_add(set, descriptor, token) == 0 else { return nil }
            let watched = Watched(self, descriptor, token)
            state.handlers[token] = changed
            state.watched[token] = watched
            return watched
        }
    }

    private func remove(_ token: UInt64, _ descriptor: Int32) {
        // What the handler held goes outside of the lock: it may close descriptors, or end others.
        let handler = state.withLock { state -> (@Sendable (Watched) -> Void)? in
            guard state.watched.removeValue(forKey: token) != nil else { return nil }
            _ = linux_epoll_remove(set, descriptor)
            return state.handlers.removeValue(forKey: token)
        }
        withExtendedLifetime(handler) {}
    }

    private func tell() {
        var tokens = [UInt64](repeating: 0, count: Int(LINUX_EPOLL_BATCH))
        var gone = [UInt8](repeating: 0, count: Int(LINUX_EPOLL_BATCH))
        // What is left over brings the source back.
        let count = Int(linux_epoll_take(set, &tokens, &gone, 0))
        for token in tokens.prefix(max(0, count)) {
            // A token is never used twice, so a late event cannot reach another descriptor.
            let found = state.withLock { state in
                state.handlers[token].flatMap { handler in state.watched[token].map { (handler, $0) } }
            }
            if let (handler, watched) = found { handler(watched) }
        }
    }
}
