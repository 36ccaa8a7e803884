package import FleetModel

/// A plan for the terminal: orders and why, then every call that `apply` will make, in its order.
package struct PlanText: Sendable {
    private let clock: DisplayClock
    private let style: TextStyle

    package init(clock: DisplayClock, style: TextStyle) {
        self.clock = clock
        self.style = style
    }

    /// Lines with newlines, ready to be printed.
    package func text(_ plan: Plan) -> String {
        var lines = [style("plan for \(plan.command), made \(clock.minute(plan.created))".cleaned, .strong)]
        for pool in plan.pools { lines += [""] + self.pool(pool) }
        lines += OwedText.lines(plan.owed, style: style)
        lines.append("")
        if plan.hasWork {
            lines.append("* changes the server; <name> becomes known on the way; the words before a call are step ids")
        }
        lines.append(Self.summary(plan))
        return lines.map { $0 + "\n" }.joined()
    }

    /// `2 new certificates, 1 to be assigned; 4 hosts switched in 2 pools`.
    package static func summary(_ plan: Plan) -> String {
        guard plan.hasWork else { return withoutWork(plan) }
        let restarts = plan.pools.flatMap(\.passes).filter(\.isRestart).flatMap(\.members)
        if !restarts.isEmpty { return "\(counted(restarts.count, "host")) restarted, no certificate changed" }
        let orders = plan.pools.filter(\.hasWork).flatMap(\.orders).filter(\.isManaged)
        func number(_ need: PlannedOrder.Need) -> Int { orders.filter { $0.need == need }.count }
        var parts: [String] = []
        if number(.issue) > 0 { parts.append(counted(number(.issue), "new certificate")) }
        if number(.distribute) > 0 { parts.append("\(number(.distribute)) to be distributed") }
        if number(.assign) > 0 { parts.append("\(number(.assign)) to be assigned") }
        let switched = plan.pools.map { Set($0.passes.flatMap(\.members).map(\.host)).count }
        let pools = switched.filter { $0 > 0 }.count
        return (parts.isEmpty ? "no new certificate" : parts.joined(separator: ", "))
            + "; \(counted(switched.reduce(0, +), "host")) switched in \(counted(pools, "pool"))"
    }

    /// Nothing will be done: because nothing is due, or because it cannot be done or seen.
    private static func withoutWork(_ plan: Plan) -> String {
        let held = plan.pools.filter { $0.blocked != nil }.count
        let unseen = plan.pools.map(\.unreachable.count).reduce(0, +)
        var parts: [String] = []
        if held > 0 { parts.append("\(counted(held, "pool")) held back") }
        if unseen > 0 { parts.append("\(counted(unseen, "host")) could not be looked at") }
        return parts.isEmpty ? "nothing to do" : "nothing will be done: " + parts.joined(separator: ", ")
    }

    private func pool(_ plan: PoolPlan) -> [String] {
        let kind = "\(plan.pool.type.rawValue) \(plan.pool.version.rawValue)"
        var lines = [style("pool \(plan.pool.name)", .strong) + "  \(kind)"]
        if let unmanaged = plan.unmanaged { lines.append("  \(unmanaged)".cleaned) }
        if let blocked = plan.blocked {
            lines.append(style("  nothing can be done here", .bad))
            lines += FaultText.lines(blocked, indent: "    ")
        }
        for fault in plan.unreachable.sorted(by: { $0.key < $1.key }).map(\.value) {
            lines += FaultText.lines(fault, indent: "  ")
        }
        lines += TrustText.lines(plan.trust, style: style)
        for order in plan.orders { lines += OrderText.lines(order, clock: clock, style: style) }
        for work in plan.prepare { lines += prepare(work) }
        for (number, pass) in plan.passes.enumerated() { lines += self.pass(number + 1, pass, plan) }
        return lines
    }

    private func prepare(_ work: PrepareWork) -> [String] {
        var lines: [String] = []
        if let birth = work.birth {
            let born = work.order.sharing == .host ? "" : ", where the key is born or exported"
            lines.append("  prepare \(work.order.id) on \(birth.host)\(born)".cleaned)
            lines += calls(birth.steps)
        }
        for copy in work.copies {
            lines.append("  prepare \(work.order.id) on \(copy.host), a copy of the key".cleaned)
            lines += calls(copy.steps)
        }
        for (host, fault) in work.missing.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(work.order.id) cannot be brought to \(host) now, so it is not switched".cleaned)
            lines += FaultText.lines(fault.on(host), indent: "    ")
        }
        return lines
    }

    private func pass(_ number: Int, _ pass: SwitchPass, _ plan: PoolPlan) -> [String] {
        let members = pass.members.map(\.host).joined(separator: ", then ")
        let what = pass.isRestart ? "restart" : "switch, pass \(number): \(pass.orders.joined(separator: ", "))"
        var lines = ["  \(what) on \(members)".cleaned]
        for member in pass.members {
            let gates = plan.gates[member.host] ?? []
            if !gates.isEmpty {
                lines.append("    gate before \(member.host)".cleaned)
                var table = Table()
                for gate in gates { table.add(gate.key.host, EventWords.name(gate.key), CallText.text(of: gate)) }
                lines += table.lines(indent: "      ")
            }
            lines.append("    \(pass.isRestart ? "restart" : "switch") \(member.host)".cleaned)
            lines += calls(member.steps, indent: "    ")
            lines += member.owes.map { "    owed afterwards: \($0.what) on \($0.host) (\($0.why))".cleaned }
        }
        if let reader = pass.readers.first {
            let names = pass.readers.map(\.steps.host).joined(separator: ", ")
            lines.append("    then read on \(names)".cleaned)
            lines += calls(reader.steps.steps, indent: "    ")
        }
        return lines
    }

    private func calls(_ steps: [PlannedStep], indent: String = "  ") -> [String] {
        var table = Table()
        for step in steps {
            table.add(step.step.changes ? "*" : "", EventWords.name(step.key), CallText.text(of: step))
        }
        return table.lines(indent: indent + "  ")
    }
}
