import FleetModel
import Glibc

/// Counts the boundaries of the journal: before and after the intent and the outcome of each changing step, four in
/// all. At the chosen one the process kills itself, as a power cut would: nothing is written, closed or said any more.
actor CrashingJournal: EventSink {
    private let journal: any EventSink
    private let moment: CrashRequest.Moment?
    private let list: String?
    private var passed = 0
    /// Steps with an intent and no outcome yet: the outcomes of reads are no boundaries.
    private var begun: Set<StepKey> = []

    init(_ journal: any EventSink, at moment: CrashRequest.Moment?, list: String?) {
        self.journal = journal
        self.moment = moment
        self.list = list
    }

    func record(_ kind: RunEvent.Kind) async throws {
        let name: String
        switch kind {
        case .intent(let key, _, _):
            begun.insert(key)
            name = "intent of \(key)"
        case .outcome(let key, _) where begun.contains(key):
            begun.remove(key)
            name = "outcome of \(key)"
        default:
            return try await journal.record(kind)
        }
        pass("before", name)
        try await journal.record(kind)
        pass("after", name)
    }

    private func pass(_ side: String, _ name: String) {
        passed += 1
        if let list { append("\(side) \(name)\n", to: list) }
        switch moment {
        case .boundary(let number) where number == passed: kill(getpid(), SIGKILL)
        case .outcome(let step) where side == "before" && name == "outcome of \(step)": kill(getpid(), SIGKILL)
        default: break
        }
    }

    private func append(_ line: String, to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(line.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
