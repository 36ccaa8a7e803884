import AgentProtocol
import FleetModel

extension CallReply {
    /// The agent's answer in the words of the model.
    init(_ done: Done, to call: CmdletCall) {
        self.init(
            succeeded: done.ok, ran: done.ran, output: done.out, warnings: done.warnings,
            errors: done.errors.map(CallError.init), milliseconds: done.milliseconds)
        // Only a call that was really cut short says so: one that finished in time keeps its own result.
        guard !done.ok else { return }
        switch done.why {
        case "limit":
            let message = "\(call.cmdlet) did not finish in \(call.limit.text) and was stopped"
            errors.insert(CallError(message: message, id: "Certfleet.LimitReached"), at: 0)
        case "cancel":
            errors.insert(CallError(message: "\(call.cmdlet) was stopped on request", id: "Certfleet.Cancelled"), at: 0)
        default: break
        }
    }
}

extension CallError {
    init(_ data: ErrorData) {
        // 0x8013… are .NET's own numbers and say less than any other in the chain.
        let numbers = data.exceptions.map(\.hresult).filter { !$0.isEmpty }
        self.init(
            message: data.message, id: data.id, category: data.category,
            hresult: numbers.last { !$0.lowercased().hasPrefix("0x8013") } ?? numbers.last)
    }
}
