import FleetModel
import Synchronization

/// The task that a second Ctrl-C ends.
final class RunningTask: Sendable {
    private let task = Mutex<Task<ExitCode, any Error>?>(nil)

    func set(_ running: Task<ExitCode, any Error>) { task.withLock { $0 = running } }
    func cancel() { task.withLock { $0?.cancel() } }
}
