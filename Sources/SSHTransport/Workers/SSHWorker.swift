import CLinux
@preconcurrency import Dispatch  // its sources are thread-safe, but not marked Sendable
import Glibc
import Synchronization

/// A serial queue that carries many sessions: it runs their actors, their tasks, and waits for all their sockets.
///
/// It is the executor of its sessions and, when a task is started with it as `executorPreference`, of that task too:
/// waking a session then costs one job on this queue and no change of thread. It waits with an edge-triggered epoll set
/// of its own, so that a socket is registered once in its life, and one dispatch source on that set.
///
/// Whatever runs here must not block, and heavy work goes elsewhere: all sessions of the worker would wait for it.
package final class SSHWorker: SerialExecutor, TaskExecutor {
    let queue: DispatchQueue
    private let inbox = Mutex(Inbox())
    private let sockets: WatchedSockets
    private let source: any DispatchSourceRead

    private struct Inbox {
        var jobs: [UnownedJob] = []
        /// Whether a turn that will look at the jobs is running or on its way.
        var isAwake = false
    }

    /// - Throws: ``SSHError`` when the system has no descriptor left.
    package init(label: String = "certfleet.ssh") throws {
        queue = DispatchQueue(label: label)
        sockets = try WatchedSockets()
        let set = sockets.set
        source = DispatchSource.makeReadSource(fileDescriptor: set, queue: queue)
        // The set outlives the source that watches it.
        source.setCancelHandler { [sockets] in sockets.close() }
        source.setEventHandler { [weak self] in self?.socketsAreReady() }
        source.activate()
    }

    deinit { source.cancel() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.isAwake = true }
            return !inbox.isAwake
        }
        if mustWake { queue.async { self.runJobs() } }
    }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Starts to watch a socket on which `connect` has been called. Only on the queue.
    func watch(_ descriptor: Int32) throws -> SocketReadiness { try sockets.add(descriptor) }

    /// Ends it; the descriptor must still be open. Only on the queue.
    func forget(_ readiness: SocketReadiness) { sockets.remove(readiness) }

    /// Each round takes what epoll has and runs what that woke. The rounds of one turn are bounded, lest a busy socket
    /// keep the queue's other blocks waiting; the source fires again when something is left.
    private func socketsAreReady() {
        for _ in 0..<16 {
            guard sockets.deliver() else { return }
            inbox.withLock { $0.isAwake = true }
            runJobs()
        }
    }

    private func runJobs() {
        for _ in 0..<64 {
            let jobs = inbox.withLock { inbox in
                defer { inbox.jobs.removeAll(keepingCapacity: true) }
                inbox.isAwake = !inbox.jobs.isEmpty
                return inbox.jobs
            }
            if jobs.isEmpty { return }
            for job in jobs {
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            }
        }
        queue.async { self.runJobs() }
    }
}

/// A few workers, handed out in turn.
package final class SSHWorkers: Sendable {
    private let workers: [SSHWorker]
    private let turn = Atomic(0)

    /// - Parameter count: How many; by default one for each processor, four at most: a worker carries hundreds of hosts.
    /// - Throws: ``SSHError`` when the system has no descriptor left.
    package init(count: Int? = nil) throws {
        let processors = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        workers = try (0..<max(1, count ?? processors)).map { try SSHWorker(label: "certfleet.ssh.\($0)") }
    }

    /// The next one in turn.
    package func next() -> SSHWorker {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return workers[Int(UInt(bitPattern: number) % UInt(workers.count))]
    }
}
