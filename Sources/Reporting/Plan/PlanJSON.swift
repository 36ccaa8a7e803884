package import FleetModel

/// A plan for programs, and what the journal keeps of it.
///
///     { "version": 1, "command", "created",
///       "pools": [ { "name", "type", "version", "blocked": FAULT or null, "unmanaged": TEXT or null, "unreachable": {host: FAULT},
///         "trust": [ {"host","code","text","repair"} ],
///         "orders": [ { "id", "hosts", "usages", "subject", "names": [{"name","origin"}], "dropped": [{"name","why"}],
///                       "authority", "sharing", "need", "reasons": [{"code","text"}],
///                       "former": {host: {usage: thumbprint}}, "thumbprint", "birth", "notAfter", "losses", "notes", "otherIssuers",
///                       "assignsLater": bool, "managed": bool } ],
///         "prepare": [ { "order", "host", "copy": bool, "steps": [STEP] } ],
///         "missing": [ { "order", "host", "fault": FAULT } ],
///         "passes": [ { "orders": [id], "restart": bool, "members": [ { "host", "gate": [STEP], "steps": [STEP], "owes": [OWED] } ] } ] } ],
///       "owed": [ {"pool","host","services","why","deferred"} ] }
///
/// STEP is `{"host","subject","part","step","item","title","call","changes"}`; `step` is what `lab fault --at` takes;
/// `call` is text for people, with `<name>` for what becomes known on the way and dots for secrets. FAULT and moments
/// as in ``RunReportJSON``. New members may be added under the same version; none changes its meaning.
package enum PlanJSON {
    package static func value(_ plan: Plan) -> JSONValue {
        .object([
            "version": .int(1), "command": .string(plan.command), "created": .optional(plan.created),
            "pools": .array(plan.pools.map(pool)), "owed": OwedText.json(plan.owed),
        ])
    }

    private static func pool(_ plan: PoolPlan) -> JSONValue {
        .object([
            "name": .string(plan.pool.name), "type": .string(plan.pool.type.rawValue),
            "version": .string(plan.pool.version.rawValue),
            "blocked": plan.blocked.map(FaultText.json) ?? .null, "unmanaged": .optional(plan.unmanaged),
            "unreachable": .object(plan.unreachable.mapValues(FaultText.json)),
            "trust": TrustText.json(plan.trust), "orders": .array(plan.orders.map(order)),
            "prepare": .array(
                plan.prepare.flatMap { work in
                    (work.birth.map { [prepare(work.order.id, $0, copy: false)] } ?? [])
                        + work.copies.map { prepare(work.order.id, $0, copy: true) }
                }),
            "missing": .array(
                plan.prepare.flatMap { work in
                    work.missing.sorted { $0.key < $1.key }.map { host, fault in
                        .object([
                            "order": .string(work.order.id), "host": .string(host), "fault": FaultText.json(fault),
                        ])
                    }
                }),
            "passes": .array(plan.passes.map { pass($0, plan) }),
        ])
    }

    private static func order(_ planned: PlannedOrder) -> JSONValue {
        let order = planned.order
        return .object([
            "id": .string(order.id), "hosts": .texts(order.hosts), "usages": .texts(order.usages),
            "subject": .string(order.subject.commonName), "names": .names(order.names),
            "dropped": .array(order.dropped.map { .object(["name": .string($0.name), "why": .string($0.why)]) }),
            "authority": .string(order.authority), "sharing": .string(order.sharing.rawValue),
            "need": .string(planned.need.rawValue), "reasons": .reasons(planned.reasons),
            "former": .former(planned.former), "thumbprint": .optional(planned.thumbprint),
            "birth": .optional(planned.birth), "notAfter": .optional(planned.notAfter),
            "losses": .texts(planned.losses), "notes": .texts(planned.notes),
            "otherIssuers": .texts(planned.otherIssuers), "assignsLater": .bool(planned.assignsLater),
            "managed": .bool(planned.isManaged),
        ])
    }

    private static func prepare(_ order: String, _ work: HostSteps, copy: Bool) -> JSONValue {
        .object([
            "order": .string(order), "host": .string(work.host), "copy": .bool(copy),
            "steps": .array(work.steps.map(step)),
        ])
    }

    private static func pass(_ pass: SwitchPass, _ plan: PoolPlan) -> JSONValue {
        .object([
            "orders": .texts(pass.orders), "restart": .bool(pass.isRestart),
            "members": .array(
                pass.members.map {
                    .object([
                        "host": .string($0.host), "gate": .array((plan.gates[$0.host] ?? []).map(step)),
                        "steps": .array($0.steps.map(step)), "owes": OwedText.json($0.owes),
                    ])
                }),
        ])
    }

    private static func step(_ planned: PlannedStep) -> JSONValue {
        .object([
            "host": .string(planned.key.host), "subject": .string(planned.key.subject),
            "part": .string(planned.key.part.rawValue), "step": .string(planned.key.step),
            "item": .optional(planned.key.item), "title": .string(planned.step.title),
            "call": .string(CallText.text(of: planned)), "changes": .bool(planned.step.changes),
        ])
    }
}
