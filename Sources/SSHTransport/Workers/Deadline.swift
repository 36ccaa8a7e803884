@preconcurrency import Dispatch  // its sources are thread-safe, but not marked Sendable

/// A moment after which a phase is given up. Its timer runs on the worker and wakes the phase when it passes.
///
/// `@unchecked Sendable`: `hasPassed` is touched on the worker's queue only.
final class Deadline: @unchecked Sendable {
    private(set) var hasPassed = false
    private let timer: any DispatchSourceTimer
    let limit: Duration

    init(_ limit: Duration, on worker: SSHWorker, waking readiness: SocketReadiness) {
        self.limit = limit
        timer = DispatchSource.makeTimerSource(queue: worker.queue)
        timer.setEventHandler { [weak self] in
            self?.hasPassed = true
            readiness.wakeAll()
        }
        let (seconds, attoseconds) = limit.components
        let whole = Int(clamping: min(max(0, seconds), 1_000_000_000)) * 1_000_000_000
        timer.schedule(deadline: .now() + .nanoseconds(whole + Int(max(0, attoseconds) / 1_000_000_000)))
        timer.activate()
    }

    deinit { timer.cancel() }
}
