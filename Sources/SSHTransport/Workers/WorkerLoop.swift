import CLinux
import Glibc
import Synchronization

/// What a worker's thread does all day: run what is in its inbox, and when that is empty wait for a socket, a deadline
/// or a wake-up from another thread.
///
/// Kept apart from ``SSHWorker`` because the thread must not keep the worker alive: only what waits in the inbox does.
///
/// `@unchecked Sendable`: `sockets`, `readBuffer` and `spare` are touched by the thread only, `thread` is written before
/// anybody else knows the loop; the rest guards itself.
final class WorkerLoop: @unchecked Sendable {
    let sockets: WatchedSockets
    let deadlines = DeadlineList()
    let readBuffer = ReadBuffer()
    private let inbox = Mutex(Inbox())
    private let bell: Int32
    private var thread = pthread_t()
    private var spare: [UnownedJob] = []

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var blocks: [@Sendable () -> Void] = []
        /// Holds the worker while something waits for it: jobs name their executor without keeping it alive.
        var keeper: SSHWorker?
        /// Whether the thread waits in epoll, or is about to, and wants the bell to be rung.
        var isAsleep = false
        var isStopped = false
    }

    private struct Turn {
        var blocks: [@Sendable () -> Void] = []
        var worker: SSHWorker?
        var isStopped = false
    }

    init() throws {
        sockets = try WatchedSockets()
        bell = linux_eventfd()
        guard bell >= 0, linux_epoll_add_bell(sockets.set, bell, WatchedSockets.bellToken) == 0 else {
            throw SSHError(.libraryFailure, "start", "no event descriptor: \(errorText(errno))", number: errno)
        }
    }

    deinit {
        sockets.close()
        if bell >= 0 { close(bell) }
    }

    /// Starts the thread, which keeps the loop alive until ``stop()``.
    func start(_ label: String) throws {
        let context = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<WorkerLoop>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            context.release()
            throw SSHError(.libraryFailure, "start", "no thread: \(errorText(failure))", number: failure)
        }
        _ = pthread_setname_np(thread, String(label.suffix(15)))
    }

    /// The thread ends once it has nothing left to run.
    func stop() { change { $0.isStopped = true } }

    var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    func add(_ job: UnownedJob, for worker: SSHWorker) {
        change {
            $0.jobs.append(job)
            if $0.keeper == nil { $0.keeper = worker }
        }
    }

    func add(_ block: @escaping @Sendable () -> Void, for worker: SSHWorker) {
        change {
            $0.blocks.append(block)
            if $0.keeper == nil { $0.keeper = worker }
        }
    }

    private func change(_ body: (inout Inbox) -> Void) {
        let mustRing = inbox.withLock { inbox in
            body(&inbox)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustRing { eventfd_write(bell, 1) }
    }

    /// The inbox is looked at between any two looks at the sockets, and the other way round after a few rounds, so that
    /// neither starves the other.
    private func serve() {
        // Signals are the business of others.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
        var rounds = 0
        while true {
            let turn = take()
            if turn.worker == nil && turn.isStopped { return }
            if let worker = turn.worker {
                run(turn, on: worker)
                rounds += 1
                if rounds < 16 { continue }
            }
            rounds = 0
            let count = sockets.wait(milliseconds: turn.worker == nil ? deadlines.milliseconds() : 0)
            inbox.withLock { $0.isAsleep = false }
            sockets.deliver(count)
            deadlines.pass()
        }
    }

    private func take() -> Turn {
        inbox.withLock { inbox in
            var turn = Turn()
            swap(&inbox.jobs, &spare)
            swap(&inbox.blocks, &turn.blocks)
            swap(&inbox.keeper, &turn.worker)
            turn.isStopped = inbox.isStopped
            inbox.isAsleep = turn.worker == nil
            return turn
        }
    }

    private func run(_ turn: Turn, on worker: SSHWorker) {
        for job in spare {
            job.runSynchronously(
                isolatedTo: worker.asUnownedSerialExecutor(), taskExecutor: worker.asUnownedTaskExecutor())
        }
        spare.removeAll(keepingCapacity: true)
        for block in turn.blocks { block() }
    }
}
