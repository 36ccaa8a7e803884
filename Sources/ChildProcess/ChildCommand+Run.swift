import Dispatch
import Synchronization

extension ChildCommand {
    /// Starts the program and waits for its end.
    ///
    /// Cancelling the task, or reaching the limit, asks the program to end and, two seconds later, ends it; the call
    /// returns only when it is gone.
    ///
    /// - Parameter limit: How long it may run; nil: as long as it likes.
    /// - Throws: ``ChildProcessError``: not found, not started, or `timedOut`; `CancellationError` when cancelled.
    package func run(limit: Duration? = nil) async throws -> ChildResult {
        try Task.checkCancellation()
        let child = try RunningChild.start(self)
        let ranOut = Atomic(false)
        let timers = DispatchQueue.global()
        let alarm = DispatchSource.makeTimerSource(queue: timers)
        if let limit {
            alarm.setEventHandler {
                ranOut.store(true, ordering: .relaxed)
                child.endSoon(on: timers)
            }
            alarm.schedule(deadline: .now() + .nanoseconds(limit.nanoseconds))
        }
        alarm.activate()
        defer { alarm.cancel() }
        let result = await withTaskCancellationHandler {
            await child.wait()
        } onCancel: {
            child.endSoon(on: timers)
        }
        try Task.checkCancellation()
        if ranOut.load(ordering: .relaxed) {
            throw ChildProcessError(.timedOut, program, "did not end in time and was ended")
        }
        return result
    }
}

extension RunningChild {
    /// Asks for the end, and insists two seconds later. A child that has ended by then is left alone.
    fileprivate func endSoon(on queue: DispatchQueue) {
        terminate()
        queue.asyncAfter(deadline: .now() + 2) { self.kill() }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
            + Int(attoseconds / 1_000_000_000)
    }
}
