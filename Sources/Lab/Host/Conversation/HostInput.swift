import Descriptors
import Dispatch
import Glibc
import Synchronization

/// What comes in at a simulated host, read as it comes. The descriptor stays the caller's.
final class HostInput: Sendable {
    private struct State {
        var isOpen = true
        var watched: DescriptorWatch.Watched?
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "lab.host.input")
    private let state = Mutex(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Tells of all that comes, in its order, on a queue of its own, and last of the end.
    func start(_ told: @escaping @Sendable (HostEvent) -> Void) {
        let watched = DescriptorWatch.shared("certfleet.lab")?.watch(descriptor) { [self] _ in
            queue.async { [self] in takeAll(told) }
        }
        guard let watched else {
            // A file cannot be watched, and need not be: all of it is there.
            return queue.async { [self] in
                takeAll(told)
                if state.withLock({ $0.isOpen }) { told(.ended) }
                stop()
            }
        }
        let isLate = state.withLock { state in
            if state.isOpen { state.watched = watched }
            return !state.isOpen
        }
        if isLate { watched.end() }
    }

    /// Nothing is read any more when this returns. A second call does nothing.
    func stop() {
        let watched = state.withLock { state in
            defer { state = State(isOpen: false) }
            return state.watched
        }
        watched?.end()
    }

    /// A change is told once, a hang-up together with what is there to read: so all is read, the end too.
    private func takeAll(_ told: (HostEvent) -> Void) {
        while let event = next() {
            told(event)
            if case .ended = event { return stop() }
        }
    }

    /// Nothing when it would have to wait.
    private func next() -> HostEvent? {
        // Under the lock, since the number may be another's when we have been stopped.
        state.withLock { state in
            while state.isOpen, hasMore {
                var piece = [UInt8](repeating: 0, count: 65_536)
                let count = read(descriptor, &piece, piece.count)
                if count > 0 { return .bytes(Array(piece[..<count])) }
                if count == 0 || (errno != EINTR && errno != EAGAIN) { return .ended }
            }
            return nil
        }
    }

    private var hasMore: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }
}
