import Synchronization

/// A clock on which every wait is over at once; it remembers how long each was.
final class HurryingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex<(now: Instant, naps: [Duration])>((Instant(offset: .zero), []))
    /// Happens while somebody waits.
    private let meanwhile: Mutex<@Sendable (Duration) async -> Void> = Mutex { _ in }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    var naps: [Duration] { state.withLock { $0.naps } }

    func onNap(_ body: @escaping @Sendable (Duration) async -> Void) { meanwhile.withLock { $0 = body } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        let nap = state.withLock { state in
            let nap = state.now.duration(to: deadline)
            state.naps.append(nap)
            state.now = max(state.now, deadline)
            return nap
        }
        await meanwhile.withLock { $0 }(nap)
        try Task.checkCancellation()
    }
}
