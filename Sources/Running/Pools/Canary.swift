import FleetModel

/// Lets the first switch of a run go alone; only when it is verified may any other begin.
actor Canary {
    private enum State {
        case waiting(needed: Int)
        case running(needed: Int)
        case passed
        case failed(String)
    }

    private var state: State
    private var queue: [CheckedContinuation<Void, Never>] = []
    /// Pools of several members that have not ended yet.
    private var larger: Int

    /// - Parameters:
    ///   - count: How many switches go alone, one after another; 0 for none.
    ///   - larger: How many pools of several members the run has.
    init(count: Int, larger: Int = 0) {
        state = count > 0 ? .waiting(needed: count) : .passed
        self.larger = larger
    }

    /// Lets the larger pools go first, until one of them has provided the canary or none is left that could.
    ///
    /// A pool of one has nobody who carries on when its only server fails, so it is tried first only where there is
    /// nothing else. Call it before anything is held that another pool waits for.
    func giveWay() async {
        while larger > 0, !isDecided {
            await withCheckedContinuation { queue.append($0) }
        }
    }

    /// A pool of several members has ended.
    func largerPoolEnded() {
        larger -= 1
        wake()
    }

    private var isDecided: Bool {
        switch state {
        case .passed, .failed: true
        case .waiting, .running: false
        }
    }

    /// Waits for one's turn. True when this switch is the canary.
    ///
    /// - Throws: ``Fault`` `run.canary-failed` when the canary did not come through.
    func enter() async throws -> Bool {
        while true {
            switch state {
            case .passed: return false
            case .failed(let host):
                throw Fault(
                    "run.canary-failed", .guarded, "not begun, because the first switch of this run failed on \(host)",
                    hint: "see what happened there: certfleet runs show; then certfleet runs resume")
            case .waiting(let needed):
                state = .running(needed: needed)
                return true
            case .running:
                await withCheckedContinuation { queue.append($0) }
            }
        }
    }

    /// The canary's end. `nil` for success; a switch that was never begun gives its turn back.
    func leave(failedOn host: String? = nil, begun: Bool = true) {
        guard case .running(let needed) = state else { return }
        if let host {
            state = .failed(host)
        } else if !begun {
            state = .waiting(needed: needed)
        } else {
            state = needed > 1 ? .waiting(needed: needed - 1) : .passed
        }
        wake()
    }

    private func wake() {
        let waiting = queue
        queue = []
        for continuation in waiting { continuation.resume() }
    }
}

/// Paired pools back each other up: never both in change at the same time.
actor PairLock {
    private var busy: Set<String> = []
    private var queue: [CheckedContinuation<Void, Never>] = []

    /// Waits until neither the pool nor its partner is in change, then takes both.
    func take(_ pool: Pool) async {
        let names = Self.names(pool)
        while !busy.isDisjoint(with: names) {
            await withCheckedContinuation { queue.append($0) }
        }
        busy.formUnion(names)
    }

    func release(_ pool: Pool) {
        busy.subtract(Self.names(pool))
        let waiting = queue
        queue = []
        for continuation in waiting { continuation.resume() }
    }

    private static func names(_ pool: Pool) -> Set<String> {
        Set([pool.name] + (pool.pairedWith.map { [$0] } ?? []))
    }
}
