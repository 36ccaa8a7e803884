@preconcurrency import Dispatch
import FleetModel
import Glibc
import Running
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the run to stop, the second ends it at once.
///
/// Two dispatch sources, made once in a command: a signal never hangs up, and what libdispatch crashes on (issue 949 of
/// swift-corelibs-libdispatch) is many sources on descriptors that do.
final class Interrupts: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let count = Atomic<Int>(0)
    private let terminated = Atomic<Bool>(false)

    /// - Parameters:
    ///   - first: Called once, on a queue of its own.
    ///   - second: Called for every further signal.
    init(first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "certfleet.signals")
        // A write to a pipe whose reader has gone, or beyond the file size limit, is an error to handle, not an end.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
            source.setEventHandler { [self] in
                if number == SIGTERM { terminated.store(true, ordering: .relaxed) }
                if count.add(1, ordering: .relaxed).oldValue == 0 { first() } else { second() }
            }
            source.activate()
        }
    }

    /// 130 for Ctrl-C, 143 for SIGTERM; `nil` when nobody asked.
    var exitCode: ExitCode? {
        guard count.load(ordering: .relaxed) > 0 else { return nil }
        return terminated.load(ordering: .relaxed) ? .terminated : .interrupted
    }

    func stop() { for source in sources { source.cancel() } }
}
