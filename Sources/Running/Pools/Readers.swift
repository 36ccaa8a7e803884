import FleetModel

/// Looks, after a switch that the product carries on by itself, whether every server has taken it up.
struct Readers {
    let part: SwitchPart
    let pass: SwitchPass

    /// The servers that have not, each with its name.
    func run() async -> [Fault] {
        await withTaskGroup(of: Fault?.self) { group in
            for reader in pass.readers { group.addTask { await look(reader) } }
            return await group.reduce(into: [Fault]()) { faults, fault in if let fault { faults.append(fault) } }
        }.sorted { ($0.host ?? "") < ($1.host ?? "") }
    }

    private func look(_ reader: ReaderSteps) async -> Fault? {
        let steps = reader.steps
        guard let host = reader.pool.hosts.first(where: { $0.name == steps.host }) else { return nil }
        let orders = part.plan.orders.map(\.order).filter { pass.orders.contains($0.id) }
        let runner = StepRunner(
            tools: part.tools, captures: part.captures,
            orders: Dictionary(orders.map { ($0.certificateKey, $0) }, uniquingKeysWith: { first, _ in first }),
            shared: false)
        do {
            return try await part.tools.links.using(host, in: reader.pool) {
                await look(steps, orders: orders, over: $0, runner: runner)
            }
        } catch {
            return Fault.unexpected(error, on: host.name)
        }
    }

    private func look(
        _ steps: HostSteps, orders: [CertificateOrder], over link: HostLink, runner: StepRunner
    ) async -> Fault? {
        let host = link.host
        let pool = part.plan.pool.name
        do {
            do {
                try await StepList(
                    steps: steps.steps, runner: runner, link: link, history: part.history, stoppable: true
                ).walk()
            } catch StepList.Ending.failed(let fault) where fault.kind == .failed {
                throw late(fault, host: host)
            } catch StepList.Ending.failed(let fault) {
                throw fault
            } catch is StepList.Ending {
                throw Fault("run.interrupted", .interrupted, host: host.name, "stopped by the operator")
            }
            for order in orders {
                let evidence = await part.evidence(of: order.id, steps, runner: runner)
                try await part.tools.sink.record(.verified(order: order.id, host: host.name, evidence: evidence))
            }
            try await part.tools.sink.record(
                .switchEnded(pool: pool, host: host.name, orders: pass.orders, fault: nil))
            return nil
        } catch {
            let fault = Fault.unexpected(error, on: host.name)
            if fault.kind == .failed || fault.kind == .unreachable {
                try? await part.tools.sink.record(
                    .switchEnded(pool: pool, host: host.name, orders: pass.orders, fault: fault))
            }
            return fault
        }
    }

    private func late(_ fault: Fault, host: Host) -> Fault {
        Fault(
            "global.not-replicated", .failed, host: host.name,
            "does not show the new certificate of \(pass.orders.joined(separator: ", ")) yet: \(fault.message)",
            hint: "look at its replica (Get-CsManagementStoreReplicationStatus -ReplicaFqdn \(host.fqdn)), then: "
                + "certfleet runs resume",
            details: fault.details)
    }
}
