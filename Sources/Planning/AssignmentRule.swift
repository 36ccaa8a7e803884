import FleetModel

/// `assign: manual`: a new certificate goes as far as the server's store, and the assignment is a command of its own.
struct AssignmentRule {
    let input: PlanningInput

    func applied(to planned: PlannedOrder) -> PlannedOrder {
        guard planned.order.assignment == .manual, planned.need.isWork, !input.assignsWaiting, !isBegun(planned)
        else { return planned }
        var planned = planned
        planned.assignsLater = true
        let command = "certfleet assign \(planned.order.pool)"
        planned.notes.append(
            planned.waitsForAssignment
                ? "in the store of \(planned.order.hosts.joined(separator: ", ")), and waits to be assigned: \(command)"
                : "not assigned by this run (assign: manual); afterwards: \(command)")
        return planned
    }

    /// A switch that began is finished, whoever began it.
    private func isBegun(_ planned: PlannedOrder) -> Bool {
        planned.order.hosts.contains { input.history.touched[$0]?.contains(planned.order.id) == true }
    }
}
