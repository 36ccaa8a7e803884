package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// One run bound to the journal: where the engine sends its events.
package struct RunJournal: EventSink {
    package let journal: Journal
    package let run: String
    private let now: @Sendable () -> Date
    private let observer: (@Sendable (RunEvent) -> Void)?

    /// - Parameters:
    ///   - now: The clock that stamps the events.
    ///   - observer: Sees each event after it is on the disk, in the journal's order, on the journal's queue; the
    ///     live view hangs here. It must not block.
    package init(
        _ journal: Journal, run: String, now: @escaping @Sendable () -> Date,
        observer: (@Sendable (RunEvent) -> Void)? = nil
    ) {
        self.journal = journal
        self.run = run
        self.now = now
        self.observer = observer
    }

    /// Returns when the event is on the disk.
    ///
    /// - Throws: ``Fault`` `journal.not-written` of kind `state`.
    package func record(_ kind: RunEvent.Kind) async throws {
        do {
            try await journal.append(RunEvent(time: now(), kind: kind), to: run, observer: observer)
        } catch let error as JournalError {
            throw error.fault
        }
    }
}
