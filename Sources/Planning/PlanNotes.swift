import FleetModel

/// Sentences that the operator must read before saying yes.
struct PlanNotes {
    let input: PlanningInput
    let pool: Pool

    func annotated(_ planned: PlannedOrder) -> PlannedOrder {
        guard planned.need.isWork else { return planned }
        var planned = planned
        if planned.order.usages.contains("AudioVideoAuthentication"), planned.need != .distribute {
            planned.notes.append(
                "media-relay tokens signed with the old key are refused once its member is switched: clients renew theirs, and a call that is being set up in that moment may fail; tokens live 8 hours as a rule"
            )
        }
        if planned.order.sharing == .pool {
            planned.notes.append(
                "assigned only when every member of \(pool.name) holds the key; exportable where it is born\(planned.order.copiesExportable ? " and on the copies" : ", not on the copies")"
            )
        }
        if planned.order.sharing == .global {
            planned.notes.append(
                "assigned once, in the Central Management store; the product brings it to \(planned.order.hosts.joined(separator: ", ")), and each is asked until it shows it; partners such as Exchange fetch the public part by themselves"
            )
        }
        for served in pool.serves where pool.type.isExchange {
            planned.notes.append("to be done afterwards: restart RTCSRV on the Front Ends of \(served), one at a time")
        }
        return planned
    }
}
