import FleetModel
import Foundation
import Journaling

/// Takes events from the first connection on, and hands them to the journal as soon as there is a run to file them under.
///
/// The survey comes before the operator's yes; only then is a run made. What happened until then is kept and written
/// first, so that the run's journal begins with the agents that were started for it.
actor EventRelay: EventSink {
    private var target: (any EventSink)?
    private var kept: [RunEvent.Kind] = []
    private let observer: @Sendable (RunEvent) -> Void

    init(observer: @escaping @Sendable (RunEvent) -> Void = { _ in }) { self.observer = observer }

    func record(_ kind: RunEvent.Kind) async throws {
        if let target { return try await target.record(kind) }
        kept.append(kind)
        observer(RunEvent(time: Date(), kind: kind))
    }

    /// From now on everything goes to the journal, what was kept first. The target must not show those again.
    func attach(_ sink: any EventSink, replay: any EventSink) async throws {
        let earlier = kept
        kept = []
        for kind in earlier { try await replay.record(kind) }
        target = sink
    }
}
