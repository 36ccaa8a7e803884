import FleetModel

extension RunReport {
    /// Takes in the next event.
    mutating func apply(_ event: RunEvent) {
        switch event.kind {
        case .runBegan, .runEnded, .progress, .surveyed: break
        case .agentBegan(let host, let reason):
            change(host) { $0.agents.append(TimelineEntry(time: event.time, subject: host, text: reason)) }
        case .hostFailed(let fault):
            if let host = fault.host { change(host) { $0.add(fault) } }
        case .planned(let summary): plan(summary)
        case .stepBegan, .intent, .outcome: applyStep(event)
        case .note(let host, let text):
            if let host { change(host) { $0.notes.append(text) } } else { notes.append(text) }
        case .poolStopped(let pool, let fault): change(pool: pool) { $0.stopped = fault }
        case .poolEnded(let pool): change(pool: pool) { $0.ended = true }
        default: applyProgress(event)
        }
    }

    private mutating func applyStep(_ event: RunEvent) {
        switch event.kind {
        case .stepBegan(let key, let title, _, _):
            change(key) {
                $0.title = title
                $0.began = event.time
            }
        case .intent(let key, let call, _):
            change(key) { $0.call = call }
        case .outcome(let key, let outcome):
            change(key) {
                $0.status = outcome.status
                $0.milliseconds = outcome.milliseconds
                $0.fault = outcome.fault
                $0.read = outcome.read
                $0.seen = outcome.seen ?? []
            }
            if let fault = outcome.fault, outcome.status == .failed { change(key.host) { $0.add(fault) } }
        default: break
        }
    }

    private mutating func applyProgress(_ event: RunEvent) {
        switch event.kind {
        case .issued(let order, let hosts, let thumbprint, let serial):
            change(order: order, on: hosts) { report, entry in
                report.serial = serial
                entry.new = thumbprint
            }
            for index in orders.indices where orders[index].summary.order == order {
                for host in hosts { orders[index].resting[host] = nil }
            }
        case .resting(let order, let host, let request, let text):
            change(order: order, on: [host]) { report, _ in
                report.resting[host] = text.isEmpty ? request : "\(request): \(text)"
            }
        case .prepared(let order, let host):
            change(order: order, on: [host]) { $1.prepared = true }
        case .gate(_, let host, let open, let findings):
            change(host) { $0.gates.append((open ? "open" : "closed") + findings.map { "; \($0)" }.joined()) }
        case .switchBegan(_, let host, let ids):
            change(host) { $0.switchOpen = true }
            for id in ids { change(order: id, on: [host]) { $1.begun = true } }
        case .switchEnded(_, let host, let ids, let fault):
            change(host) { report in
                report.switchOpen = fault != nil
                if let fault { report.add(fault) }
            }
            for id in ids where fault == nil { change(order: id, on: [host]) { $1.switched = true } }
        case .restartBegan(_, let host, _): change(host) { $0.isRestarting = true }
        case .restarted(_, let host, let services):
            change(host) {
                guard $0.isRestarting else { return }
                $0.isRestarting = false
                $0.notes.append("restarted: \(services == ["*"] ? "all services" : services.joined(separator: ", "))")
            }
        case .verified(let order, let host, let evidence):
            change(order: order, on: [host]) { $1.evidence = evidence }
        default: break
        }
    }

    /// A resumed run plans again: what was found at first stays, for it is what the run set out from.
    private mutating func plan(_ summary: PlannedOrderSummary) {
        change(pool: summary.pool) { _ in }
        for host in summary.hosts { change(host) { _ in } }
        let known = orders.contains { $0.summary.order == summary.order && $0.summary.hosts == summary.hosts }
        guard !known else { return }
        orders.append(
            OrderReport(
                summary: summary,
                hosts: summary.hosts.map {
                    OrderReport.OnHost(host: $0, former: summary.former[$0] ?? [:], new: summary.thumbprint)
                }))
    }

    private mutating func change(_ host: String, _ body: (inout HostReport) -> Void) {
        let index =
            hosts.firstIndex { $0.name == host }
            ?? {
                hosts.append(HostReport(name: host))
                return hosts.count - 1
            }()
        body(&hosts[index])
    }

    private mutating func change(_ key: StepKey, _ body: (inout StepReport) -> Void) {
        change(key.host) { host in
            let index =
                host.steps.firstIndex { $0.key == key }
                ?? {
                    host.steps.append(StepReport(key: key, title: key.step))
                    return host.steps.count - 1
                }()
            body(&host.steps[index])
        }
    }

    private mutating func change(pool: String, _ body: (inout PoolReport) -> Void) {
        let index =
            pools.firstIndex { $0.name == pool }
            ?? {
                pools.append(PoolReport(name: pool))
                return pools.count - 1
            }()
        body(&pools[index])
    }

    private mutating func change(
        order: String, on hosts: [String], _ body: (inout OrderReport, inout OrderReport.OnHost) -> Void
    ) {
        for index in orders.indices where orders[index].summary.order == order {
            for place in orders[index].hosts.indices where hosts.contains(orders[index].hosts[place].host) {
                var entry = orders[index].hosts[place]
                body(&orders[index], &entry)
                orders[index].hosts[place] = entry
            }
        }
    }
}

extension HostReport {
    /// The same fault travels in several events; it is told once, by the one that knows
    /// most.
    fileprivate mutating func add(_ fault: Fault) {
        let owned = fault.on(name)
        if let index = faults.firstIndex(where: { FaultText.same($0, owned) }) {
            if owned.details.count > faults[index].details.count { faults[index] = owned }
        } else {
            faults.append(owned)
        }
    }
}
