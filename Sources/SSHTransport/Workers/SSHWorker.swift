import Dispatch
import Glibc
import Synchronization

/// A serial queue that carries many sessions: it runs their actors, their tasks, and waits for all their sockets.
///
/// It is the executor of its sessions and, when a task is started with it as `executorPreference`, of that task too:
/// waking a session then costs one job on this queue and no change of thread. It waits with an edge-triggered epoll set
/// of its own (``WorkerLoop``), so that a socket is registered once in its life, and one dispatch source on that set.
///
/// Whatever runs here must not block, and heavy work goes elsewhere: all sessions of the worker would wait for it.
package final class SSHWorker: SerialExecutor, TaskExecutor {
    private let loop: WorkerLoop
    /// What its sessions have to pass.
    let admission: SSHAdmission

    /// - Parameter keepalive: How often each session sends a packet for the sake of firewalls and address translators.
    /// - Throws: ``SSHError`` when the system has no descriptor left.
    package convenience init(label: String = "certfleet.ssh", keepalive: Duration = .seconds(30)) throws {
        try self.init(label: label, admission: SSHAdmission(), keepalive: keepalive)
    }

    init(label: String, admission: SSHAdmission, keepalive: Duration = .seconds(30)) throws {
        self.admission = admission
        loop = try WorkerLoop(label, beat: keepalive)
    }

    /// When nobody holds the worker any more: neither a session nor work that waits for it.
    deinit { loop.stop() }

    package func enqueue(_ job: consuming ExecutorJob) { loop.add(UnownedJob(job), for: self) }

    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(loop.queue)) }

    /// Runs something on the worker's queue, later.
    func run(_ body: @escaping @Sendable () -> Void) { loop.add(body, for: self) }

    /// Starts to watch a socket on which `connect` has been called. Only on the worker.
    func watch(_ descriptor: Int32) throws -> SocketReadiness { try loop.sockets.add(descriptor) }

    /// Ends it; the descriptor must still be open. Only on the worker.
    func forget(_ readiness: SocketReadiness) { loop.sockets.remove(readiness) }

    /// The moments at which phases are given up.
    var deadlines: DeadlineList { loop.deadlines }

    /// Lent to one read at a time. Only on the worker.
    var readBuffer: ReadBuffer { loop.readBuffer }

    /// What its sessions send. Only on the worker.
    var sendBatch: SendBatch { loop.sendBatch }
}

/// A few workers, handed out in turn.
package final class SSHWorkers: Sendable {
    private let workers: [SSHWorker]
    private let turn = Atomic(0)

    /// - Parameters:
    ///   - count: How many; by default one for each processor, four at most: a worker carries hundreds of hosts.
    ///   - sessions: How many may be open at once on all of them together (``OpenFiles``); more wait for others to end.
    /// - Throws: ``SSHError`` when the system has no descriptor left.
    package init(count: Int? = nil, sessions: Int = .max) throws {
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: max(1, sessions)))
        let processors = max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        workers = try (0..<max(1, count ?? processors)).map {
            try SSHWorker(label: "certfleet.ssh.\($0)", admission: admission)
        }
    }

    /// The next one in turn.
    package func next() -> SSHWorker {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return workers[Int(UInt(bitPattern: number) % UInt(workers.count))]
    }
}
