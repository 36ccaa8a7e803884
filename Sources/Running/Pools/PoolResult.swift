import FleetModel

/// What became of one pool.
struct PoolResult: Sendable {
    var faults: [Fault] = []
    /// Members with work that was not begun.
    var untouched = false
    var resting = false
    /// Something is left for the operator to say: an assignment.
    var unassigned = false
    /// The operator stopped it.
    var stopped = false

    /// The same pool's second turn, for what follows from other pools.
    func joined(with later: PoolResult) -> PoolResult {
        PoolResult(
            faults: faults + later.faults, untouched: untouched || later.untouched, resting: resting || later.resting,
            stopped: stopped || later.stopped)
    }

    /// How a run ends that had only this pool.
    var exitCode: ExitCode {
        if faults.contains(where: { $0.kind == .state }) { return .cannotWriteState }
        if stopped || faults.contains(where: { $0.kind == .interrupted }) { return .interrupted }
        if !faults.isEmpty {
            if untouched || faults.contains(where: { $0.kind == .guarded }) { return .guarded }
            return faults.allSatisfy { $0.kind == .unreachable } ? .unreachable : .failed
        }
        return resting || unassigned ? .waiting : .done
    }
}
