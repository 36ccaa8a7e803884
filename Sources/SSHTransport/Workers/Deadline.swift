import Glibc
import Synchronization

/// A moment after which a phase is given up. When it passes, the phase is woken.
///
/// It costs no timer of its own: the worker has one, set for the next of them.
///
/// `@unchecked Sendable`: `hasPassed` is touched on the worker only.
final class Deadline: @unchecked Sendable {
    let limit: Duration
    private let entry: DeadlineList.Entry
    private let list: DeadlineList

    var hasPassed: Bool { entry.hasPassed }

    init(_ limit: Duration, on worker: SSHWorker, waking readiness: SocketReadiness) {
        self.limit = limit
        list = worker.deadlines
        entry = DeadlineList.Entry(list.moment(in: limit), waking: readiness)
        list.add(entry)
    }

    deinit { list.remove(entry) }
}

/// The deadlines of one worker.
///
/// Nearly all are removed long before they pass, so they are not kept in order: only the soonest is known, or a moment
/// before it, and when that comes all are looked through.
final class DeadlineList: Sendable {
    /// `@unchecked Sendable`: `hasPassed` is touched on the worker only, `token` is set there before anybody else has it.
    final class Entry: @unchecked Sendable {
        let moment: UInt64
        let readiness: SocketReadiness
        var hasPassed = false
        fileprivate(set) var token: UInt64 = .max

        init(_ moment: UInt64, waking readiness: SocketReadiness) {
            self.moment = moment
            self.readiness = readiness
        }
    }

    private struct State {
        var entries = SlotTable<Entry>()
        /// No entry is due before this moment.
        var soonest = UInt64.max
    }

    private let state = Mutex(State())

    /// Nanoseconds of the monotonic clock.
    private var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    func moment(in limit: Duration) -> UInt64 {
        let (seconds, attoseconds) = limit.components
        let whole = UInt64(min(max(0, seconds), 1_000_000_000)) * 1_000_000_000
        return now + whole + UInt64(max(0, attoseconds) / 1_000_000_000)
    }

    /// Only on the worker, which looks at its timer after each turn.
    func add(_ entry: Entry) {
        state.withLock {
            entry.token = $0.entries.nextToken
            $0.entries.insert(entry)
            $0.soonest = min($0.soonest, entry.moment)
        }
    }

    func remove(_ entry: Entry) { state.withLock { $0.entries.remove(entry.token) } }

    /// No deadline comes before this moment; the largest number: there is none.
    var soonest: UInt64 {
        state.withLock { state in
            if state.entries.isEmpty { state.soonest = .max }
            return state.soonest
        }
    }

    /// Wakes those whose time has come. Only on the worker.
    func pass() {
        let soonest = state.withLock { $0.soonest }
        guard soonest < .max else { return }
        let now = now
        guard soonest <= now else { return }
        let passed = state.withLock { state in
            let passed = state.entries.all.filter { $0.moment <= now }
            for entry in passed { state.entries.remove(entry.token) }
            state.soonest = state.entries.all.reduce(.max) { min($0, $1.moment) }
            return passed
        }
        for entry in passed {
            entry.hasPassed = true
            entry.readiness.wakeAll()
        }
    }
}
