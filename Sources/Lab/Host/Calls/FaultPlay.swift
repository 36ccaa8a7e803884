import AgentProtocol
import FleetModel

/// A call with the fault that the host is to play, if any.
struct FaultPlay: Sendable {
    let run: CallRun
    let fault: FaultEntry?
    let pause: @Sendable (Duration) async throws -> Void
    let post: AsyncStream<HostEvent>.Continuation

    func perform() async -> CallOutcome {
        let id = run.invocation.id
        switch fault?.fault {
        case .cmdletError:
            return CallRun.failed(
                id,
                .product(CallRun.bareName(run.invocation.command), "The operation failed: a fault that the lab plays."))
        case .diskFull: return CallRun.failed(id, CallRun.diskFull)
        case .late:
            let outcome = await run.perform()
            return await dawdled() ? outcome : CallOutcome(done: Done(id: id, ok: false, state: "Stopped"))
        case .cutAfter:
            if let seconds = fault?.seconds { try? await pause(.seconds(seconds)) }
            var outcome = await run.perform()
            outcome.cuts = true
            return outcome
        case nil, .refused, .noHello, .replicaLate, .replicaStuck, .cutBefore: return await run.perform()
        }
    }

    /// Takes its time with a sign of life each second.
    ///
    /// - Returns: `false` when it was stopped.
    private func dawdled() async -> Bool {
        let whole = Int(fault?.seconds ?? 3)
        for second in 0..<max(whole, 1) {
            post.yield(.progress(id: run.invocation.id, milliseconds: Int64(second) * 1_000))
            guard (try? await pause(.seconds(1))) != nil else { return false }
        }
        return true
    }
}
