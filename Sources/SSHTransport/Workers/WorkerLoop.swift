@preconcurrency import Dispatch  // its sources are thread-safe, but not marked Sendable
import Glibc
import Synchronization

/// What a worker's queue does: run what is in its inbox, and look at its sockets and deadlines when they have changed.
///
/// One dispatch source watches the epoll set and one timer the next deadline, however many sessions there are: a source
/// for each socket that may hang up is what libdispatch crashes on (swift-corelibs-libdispatch, issue 949). Kept apart
/// from ``SSHWorker`` because the sources must not keep the worker alive: only what waits in the inbox does.
///
/// `@unchecked Sendable`: `sockets`, `readBuffer`, `sendBatch`, `spare` and `armed` are touched on the queue only; the rest guards
/// itself or never changes.
final class WorkerLoop: @unchecked Sendable {
    let queue: DispatchQueue
    let sockets: WatchedSockets
    let deadlines = DeadlineList()
    let readBuffer = ReadBuffer()
    let sendBatch = SendBatch()
    private let inbox = Mutex(Inbox())
    private let source: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    /// One for all connections: a timer for each would cost more than what it sends.
    private let beats: any DispatchSourceTimer
    private var spare: [UnownedJob] = []
    /// The moment that the timer is set for.
    private var armed = UInt64.max

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var blocks: [@Sendable () -> Void] = []
        /// Holds the worker while something waits for it: jobs name their executor without keeping it alive.
        var keeper: SSHWorker?
        /// Whether a turn that will look at the inbox is running or on its way.
        var isAwake = false
        /// Whether a turn waits a moment for the sockets, and will look at the inbox when it is woken.
        var isWaiting = false
    }

    /// How many milliseconds a turn waits for more to happen. To end a turn and to begin another takes some 40 µs of three
    /// threads' time, and in the middle of a run the next event is nearly always there before.
    private static let waitLimit: Int32 = 4
    /// How many rounds a turn may have: the queue's timers wait meanwhile, and deadlines are seconds.
    private static let rounds = 32

    /// - Parameter beat: How often each connection does what it does now and then.
    init(_ label: String, beat: Duration) throws {
        queue = DispatchQueue(label: label)
        sockets = try WatchedSockets()
        source = DispatchSource.makeReadSource(fileDescriptor: sockets.set, queue: queue)
        timer = DispatchSource.makeTimerSource(queue: queue)
        beats = DispatchSource.makeTimerSource(queue: queue)
        // The set outlives the source that watches it.
        source.setCancelHandler { [sockets] in sockets.close() }
        source.setEventHandler { [weak self] in self?.socketsHaveChanged() }
        timer.setEventHandler { [weak self] in self?.deadlineHasCome() }
        beats.setEventHandler { [sockets, sendBatch] in
            sockets.beat()
            sendBatch.flush()
        }
        let (seconds, attoseconds) = beat.components
        let pause = Int(min(max(0, seconds), 1_000_000)) * 1000 + Int(max(0, attoseconds) / 1_000_000_000_000_000)
        beats.schedule(
            deadline: .now() + .milliseconds(pause), repeating: .milliseconds(max(1, pause)),
            leeway: .milliseconds(pause / 10))
        source.activate()
        beats.activate()
        timer.activate()
    }

    func stop() {
        source.cancel()
        timer.cancel()
        beats.cancel()
    }

    func add(_ job: UnownedJob, for worker: SSHWorker) {
        change(worker) { $0.jobs.append(job) }
    }

    func add(_ block: @escaping @Sendable () -> Void, for worker: SSHWorker) {
        change(worker) { $0.blocks.append(block) }
    }

    private func change(_ worker: SSHWorker, _ body: (inout Inbox) -> Void) {
        let (isAwake, isWaiting) = inbox.withLock { inbox in
            body(&inbox)
            if inbox.keeper == nil { inbox.keeper = worker }
            defer { inbox.isAwake = true }
            return (inbox.isAwake, inbox.isWaiting)
        }
        if isAwake { return }
        if isWaiting { sockets.wakeUp() } else { queue.async { self.runInbox() } }
    }

    /// Each round takes what epoll has and runs what that woke. The rounds of one turn are bounded, lest a busy socket
    /// keep the queue's other blocks waiting; the source fires again when something is left.
    private func socketsHaveChanged() {
        var count = sockets.take()
        var round = 0
        while count > 0 {
            inbox.withLock { $0.isAwake = true }
            sockets.deliver(count)
            runInbox()
            round += 1
            // Before more is taken: what has been taken is not reported again.
            guard round < Self.rounds else { return }
            count = nextEvents()
        }
    }

    /// Waits a moment for more events; none when a block waits for the end of this turn.
    private func nextEvents() -> Int {
        let mayWait = inbox.withLock { inbox in
            inbox.isWaiting = !inbox.isAwake && !sockets.isEmpty
            return inbox.isWaiting
        }
        guard mayWait else { return 0 }
        // Being woken is an event like others: when it comes too late for this turn, the source fires for it.
        let count = sockets.take(within: Self.waitLimit)
        inbox.withLock { $0.isWaiting = false }
        return count
    }

    private func deadlineHasCome() {
        armed = .max
        inbox.withLock { $0.isAwake = true }
        deadlines.pass()
        runInbox()
    }

    private func runInbox() {
        for _ in 0..<64 {
            var blocks: [@Sendable () -> Void] = []
            let worker = inbox.withLock { inbox -> SSHWorker? in
                swap(&inbox.jobs, &spare)
                swap(&inbox.blocks, &blocks)
                defer { inbox.keeper = nil }
                inbox.isAwake = inbox.keeper != nil
                return inbox.keeper
            }
            guard let worker else {
                sendBatch.flush()
                return arm()
            }
            for job in spare {
                job.runSynchronously(
                    isolatedTo: worker.asUnownedSerialExecutor(), taskExecutor: worker.asUnownedTaskExecutor())
                if sendBatch.isFull { sendBatch.flush() }
            }
            spare.removeAll(keepingCapacity: true)
            for block in blocks { block() }
        }
        sendBatch.flush()
        queue.async { self.runInbox() }
    }

    /// Sets the timer for the next deadline, unless it is set for that one or an earlier one already.
    private func arm() {
        let next = deadlines.soonest
        guard next < armed else { return }
        armed = next
        timer.schedule(deadline: DispatchTime(uptimeNanoseconds: next), leeway: .milliseconds(1))
    }
}
