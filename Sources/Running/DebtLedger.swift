import FleetModel

/// The restarts that a run owes, kept as it goes.
actor DebtLedger {
    private var debts: RestartDebts

    /// - Parameter debts: What former parts of the run left owing.
    init(_ debts: RestartDebts) { self.debts = debts }

    var owed: [OwedRestart] { debts.owed }

    func apply(_ kind: RunEvent.Kind) { debts.apply(kind) }
}

/// Hands every event on, and enters debts once they are on the disk.
struct LedgerSink: EventSink {
    let sink: any EventSink
    let ledger: DebtLedger

    func record(_ kind: RunEvent.Kind) async throws {
        try await sink.record(kind)
        await ledger.apply(kind)
    }
}
