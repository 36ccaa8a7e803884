import AgentProtocol
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// The host's mutex: one agent at a time (rule A16), as a lock on `agent.lock`.
///
/// The lock goes with the process, however it ends; `holder.json` beside it says who has it.
final class HostMutex: Sendable {
    private let descriptor: Int32
    private let folder: String

    private init(descriptor: Int32, folder: String) {
        self.descriptor = descriptor
        self.folder = folder
    }

    /// Who holds a host, as `holder.json` says.
    struct Holder: Codable {
        var pid: Int64
        var since: String
    }

    /// Takes the mutex, waiting for its holder as long as `wait`.
    ///
    /// - Returns: `nil` when another process still has it.
    static func take(folder: String, wait: Duration, now: Date) async throws -> HostMutex? {
        let path = "\(folder)/agent.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StateError(.system, "opening \(path)", number: errno) }
        var taken = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        if !taken, wait > .zero { taken = await waited(descriptor, wait) }
        guard taken else {
            if wait <= .zero { close(descriptor) }
            return nil
        }
        let since = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        try StateFile.writeJSON(Holder(pid: Int64(getpid()), since: since), to: "\(folder)/holder.json")
        return HostMutex(descriptor: descriptor, folder: folder)
    }

    /// Who holds it now; unknown when that one left no word.
    static func holder(folder: String) -> Hello.Holder {
        let found = try? StateFile.readJSON(Holder.self, "\(folder)/holder.json")
        return Hello.Holder(pid: found?.pid ?? 0, since: found?.since ?? "")
    }

    func release() {
        unlink("\(folder)/holder.json")
        close(descriptor)
    }

    /// Waits on a thread of its own, since a lock cannot be waited for otherwise. One that comes too late is given back.
    private static func waited(_ descriptor: Int32, _ wait: Duration) async -> Bool {
        let race = Race()
        return await withCheckedContinuation { continuation in
            race.start(continuation)
            DispatchQueue(label: "lab.mutex").async {
                let locked = flock(descriptor, LOCK_EX) == 0
                if !race.finish(locked) { close(descriptor) }
            }
            Task {
                try? await Task.sleep(for: wait)
                _ = race.finish(false)
            }
        }
    }

    /// The first answer counts.
    private final class Race: Sendable {
        private let waiting = Mutex<CheckedContinuation<Bool, Never>?>(nil)

        func start(_ continuation: CheckedContinuation<Bool, Never>) {
            waiting.withLock { $0 = continuation }
        }

        /// `false` when somebody else has answered before.
        func finish(_ answer: Bool) -> Bool {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: answer)
            return continuation != nil
        }
    }
}
