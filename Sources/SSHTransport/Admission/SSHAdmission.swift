import Synchronization

/// The door that all connections of some workers go through, so that neither this process nor a server is overrun.
final class SSHAdmission: Sendable {
    private struct State {
        var queue: AdmissionQueue
        var pace: OpeningPace
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextID = 0
        /// How many sessions have ended so far.
        var ended = 0
        /// Whether somebody already looks whether any end.
        var isWatched = false
    }

    private let state: Mutex<State>
    private let limits: AdmissionQueue.Limits
    private let patience: Duration
    /// How much time has passed since the beginning.
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - pace: How often connections may begin.
    ///   - patience: When all sessions are taken and none has ended for so long, the limit is called too low.
    init(
        _ limits: AdmissionQueue.Limits = AdmissionQueue.Limits(), pace: OpeningPace.Limits = OpeningPace.Limits(),
        patience: Duration = .seconds(60), clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.limits = limits
        self.patience = patience
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
        state = Mutex(State(queue: AdmissionQueue(limits), pace: OpeningPace(pace)))
    }

    /// Waits until one more connection to this server may be opened: until its group's turn, for a place, and then for its
    /// moment.
    ///
    /// - Parameter group: Which the server belongs to.
    /// - Throws: ``SSHError`` with code `tooManyOpen`; `CancellationError`.
    nonisolated(nonsending) func enter(
        _ server: String, in group: SSHServerGroup? = nil
    ) async throws -> AdmissionPass {
        if let group {
            let turn = state.withLock { $0.pace.line(up: group, now: now(), chance: .random(in: 0...1)) }
            if turn > .zero { try await sleep(turn) }
        }
        let (id, isAdmitted) = state.withLock { state in
            state.nextID += 1
            return (state.nextID, state.queue.arrive(state.nextID, at: server))
        }
        if !isAdmitted {
            watchWhenFull()
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { wait(id, $0) }
            } onCancel: {
                turnAway(id, CancellationError())
            }
        }
        // Given back if the wait is cancelled.
        let pass = AdmissionPass(self, server)
        let pause = state.withLock { $0.pace.begin(at: server, now: now(), chance: .random(in: 0...1)) }
        if pause > .zero { try await sleep(pause) }
        if let group {
            let rest = state.withLock { $0.pace.begin(in: group, now: now()) }
            if rest > .zero { try await sleep(rest) }
        }
        return pass
    }

    /// A server has shed a connection: the next ones come to it more slowly.
    func wasShed(by server: String) { state.withLock { $0.pace.wasShed(by: server, now: now()) } }

    private func wait(_ id: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        let isAdmitted = state.withLock { state in
            // Admitted between arriving and now: no longer in the queue.
            if !state.queue.isWaiting(id) { return true }
            state.waiting[id] = continuation
            return false
        }
        if isAdmitted { continuation.resume() }
        // A cancellation that came before found nobody here.
        if Task.isCancelled { turnAway(id, CancellationError()) }
    }

    private func turnAway(_ id: Int, _ error: any Error) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            // Not before it waits here: who leaves the queue has to be told.
            guard let continuation = state.waiting.removeValue(forKey: id) else { return nil }
            state.queue.giveUp(id)
            return continuation
        }
        continuation?.resume(throwing: error)
    }

    /// When all sessions are taken, sees to it that nobody waits for ever for one to end.
    private func watchWhenFull() {
        let mustWatch = state.withLock { state in
            guard state.queue.isFull, state.queue.hasWaiting, !state.isWatched else { return false }
            state.isWatched = true
            return true
        }
        guard mustWatch else { return }
        Task {
            var seen = state.withLock { $0.ended }
            while true {
                try await sleep(patience)
                let (isStuck, ended, isWatched) = state.withLock { state in
                    let isStuck = state.queue.isFull && state.queue.hasWaiting && state.ended == seen
                    state.isWatched = state.queue.isFull && state.queue.hasWaiting && !isStuck
                    return (isStuck, state.ended, state.isWatched)
                }
                if isStuck { turnAllAway() }
                if !isWatched { return }
                seen = ended
            }
        }
    }

    private func turnAllAway() {
        let error = SSHError(
            .tooManyOpen, "connect", "\(limits.sessions) connections are open, and no more fit into this process",
            hint: "raise the limit of open files: ulimit -n, or LimitNOFILE= of the service")
        for id in state.withLock({ Array($0.waiting.keys) }) { turnAway(id, error) }
    }

    fileprivate func opened(at server: String) { admit { $0.queue.opened(at: server) } }

    fileprivate func left() {
        admit {
            $0.ended += 1
            return $0.queue.left()
        }
    }

    private func admit(_ change: (inout State) -> [Int]) {
        let admitted = state.withLock { state in
            // Who is admitted before it has begun to wait finds that out by itself.
            change(&state).compactMap { state.waiting.removeValue(forKey: $0) }
        }
        for continuation in admitted { continuation.resume() }
        watchWhenFull()
    }
}

/// The right to one connection. It is given back with its end.
final class AdmissionPass: Sendable {
    private let admission: SSHAdmission
    private let server: String
    private let isOpening = Atomic(true)

    fileprivate init(_ admission: SSHAdmission, _ server: String) {
        self.admission = admission
        self.server = server
    }

    /// The sign-in is over, well or not. A second call does nothing.
    func opened() {
        if isOpening.exchange(false, ordering: .relaxed) { admission.opened(at: server) }
    }

    deinit {
        opened()
        admission.left()
    }
}
