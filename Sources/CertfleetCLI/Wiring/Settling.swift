import FleetModel

/// Closes the intents of a former part of the run that the survey has answered: their step is in no plan any more,
/// because what it was to bring about is there.
struct Settling {
    let history: RunHistory
    let plan: Plan

    func record(to sink: some EventSink) async throws {
        let planned = Set(
            plan.pools.flatMap { pool in
                pool.prepare.flatMap { ([$0.birth].compactMap { $0 } + $0.copies).flatMap { $0.steps + $0.finally } }
                    + pool.passes.flatMap { $0.members.flatMap(\.steps) }
            }.map(\.key))
        let unreachable = Set(plan.pools.flatMap(\.unreachable.keys))
        for key in history.open.keys.sorted(by: { $0.description < $1.description })
        where !planned.contains(key) && !unreachable.contains(key.host) {
            try await sink.record(.outcome(key, StepOutcome(.foundDone)))
        }
    }
}
