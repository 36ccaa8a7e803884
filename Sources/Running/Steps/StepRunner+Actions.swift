import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The named actions that the coordinator carries out itself.
extension StepRunner {
    func act(
        _ action: LocalAction, inputs: [ParameterTemplate], _ planned: PlannedStep, link: HostLink
    ) async throws -> [String: BoundValue] {
        let values = await references(planned)
        var given: [String: TypedValue] = [:]
        for input in inputs { given[input.name] = try values.resolve(input) }
        guard let order = orders[planned.scope] else {
            throw Fault("step.order", .failed, "\(planned.key.step) belongs to no order of this plan")
        }
        switch action {
        case .signRequest:
            return try await sign(try bytes("request", given), order: order, planned)
        case .checkCertificate:
            try await tools.checker.check(
                certificate: try bytes("certificate", given), chain: tools.chains[order.authority] ?? [],
                request: given["request"] == nil ? Data() : try bytes("request", given),
                order: order, now: tools.now())
            return [:]
        case .awaitAnswer:
            return try await take(given, order: order, planned)
        case .checkSignature:
            try await tools.checker.checkSignature(
                try bytes("signature", given), of: try bytes("nonce", given), hash: try text("hash", given),
                certificate: try bytes("certificate", given))
            return [:]
        case .probeTLS:
            let thumbprint = try text("thumbprint", given)
            var seen: [String] = []
            for target in planned.probes {
                seen.append(try await probe(target, thumbprint: thumbprint, planned, link: link))
            }
            return ["seen": .list(seen)]
        }
    }

    private func sign(_ request: Data, order: CertificateOrder, _ planned: PlannedStep) async throws -> [String:
        BoundValue]
    {
        let host = planned.key.host
        let outcome = await tools.issuer.issue(
            SigningRequest(order: order, host: host, run: tools.run, request: request))
        switch outcome {
        case .issued(let issued):
            try await tools.sink.record(
                .issued(order: order.id, hosts: order.hosts, thumbprint: issued.thumbprint, serial: issued.serial))
            return [
                "certificate": .bytes(issued.certificate), "thumbprint": .text(issued.thumbprint),
                "serial": .text(issued.serial),
            ]
        case .pending(let id, let text):
            try await tools.sink.record(.resting(order: order.id, host: host, request: id, text: text))
            try await tools.sink.record(.outcome(planned.key, StepOutcome(.resting)))
            throw StepList.Ending.resting
        case .denied(let fault), .failed(let fault), .unknown(let fault):
            throw fault
        }
    }

    /// An answer that the server itself asked for: there it is, or the order rests.
    private func take(
        _ given: [String: TypedValue], order: CertificateOrder, _ planned: PlannedStep
    ) async throws -> [String: BoundValue] {
        if try text("state", given) == "Issued" {
            try await tools.sink.record(
                .issued(
                    order: order.id, hosts: order.hosts, thumbprint: try text("thumbprint", given),
                    serial: try text("serial", given)))
            return [:]
        }
        let number = (try? text("number", given)) ?? ""
        try await tools.sink.record(
            .resting(
                order: order.id, host: planned.key.host, request: number,
                text: number.isEmpty
                    ? "\(order.authority) has not answered yet"
                    : "request \(number) waits for approval at \(order.authority)"))
        try await tools.sink.record(.outcome(planned.key, StepOutcome(.resting)))
        throw StepList.Ending.resting
    }

    // MARK: Ports

    private func probe(
        _ target: ProbeTarget, thumbprint: String, _ planned: PlannedStep, link: HostLink
    ) async throws -> String {
        let place: String
        let shown: [String]
        if let address = target.address {
            place = "from the coordinator"
            do {
                let finding = try await tools.prober.probe(
                    address: address, port: target.port, serverName: target.serverName, deadline: .seconds(15))
                shown = [finding.thumbprint]
            } catch var fault as Fault where fault.kind == .unreachable {
                // A closed port of a server that answers is a failed check, and one that may pass a moment later.
                fault.kind = .failed
                throw fault
            }
        } else {
            place = "from the server itself"
            shown = try await probeOnHost(target, planned, link: link)
        }
        let name = "TLS port \(target.standardPort) (\(target.usage))"
        guard shown.contains(where: { $0.uppercased() == thumbprint.uppercased() }) else {
            throw Fault(
                "probe.other-certificate", .failed,
                "\(name) shows \(shown.first ?? "no certificate"), not \(thumbprint)",
                hint: "has the service restarted? certfleet status shows what is assigned")
        }
        return "\(name) \(place)"
    }

    /// For an interface whose address the coordinator does not know: the agent tries all of the server's own.
    private func probeOnHost(_ target: ProbeTarget, _ planned: PlannedStep, link: HostLink) async throws -> [String] {
        let reply = try await link.invoke(
            CmdletCall(
                step: planned.key.step, cmdlet: "Get-TlsCertificate",
                parameters: [
                    ("AnyLocal", .switch(true)), ("Port", .int(Int64(target.port))),
                    ("ServerName", .string(target.serverName)),
                ],
                select: ["Thumbprint"], limit: link.host.deadlines.step))
        guard reply.succeeded else {
            let why = reply.errors.first?.message ?? "no answer"
            throw Fault("probe.no-tls", .failed, "port \(target.standardPort) of \(target.usage): \(why)")
        }
        return reply.output.compactMap { $0["Thumbprint"]?.text }
    }

    // MARK: Inputs

    private func bytes(_ name: String, _ given: [String: TypedValue]) throws -> Data {
        guard case .bytes(let data)? = given[name] else { throw Fault("step.value", .failed, "\(name) is missing") }
        return data
    }

    private func text(_ name: String, _ given: [String: TypedValue]) throws -> String {
        guard case .string(let text)? = given[name] else { throw Fault("step.value", .failed, "\(name) is missing") }
        return text
    }
}
