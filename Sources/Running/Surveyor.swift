package import FleetModel

/// Runs the reads of a survey on one host and brings back what they returned, by step id.
package struct Surveyor: Sendable {
    private let sink: any EventSink

    package init(sink: any EventSink) { self.sink = sink }

    /// - Throws: ``Fault`` with the host set.
    package func survey(_ steps: [PlannedStep], over link: HostLink) async throws -> [String: [JSONValue]] {
        do {
            return try await read(steps, over: link)
        } catch let fault as Fault where fault.kind == .lost {
            // Reads may be repeated; a second loss is the host's fault for good.
            do {
                return try await read(steps, over: link)
            } catch var again as Fault where again.kind == .lost {
                again.kind = .failed
                throw again.on(link.host.name)
            }
        }
    }

    private func read(_ steps: [PlannedStep], over link: HostLink) async throws -> [String: [JSONValue]] {
        var results: [String: [JSONValue]] = [:]
        for planned in steps {
            guard case .call(let template) = planned.step.operation else { continue }
            let references = References { planned.bindings[$0] }
            var parameters: [(name: String, value: TypedValue)] = []
            for parameter in template.parameters {
                if let value = try references.resolve(parameter) { parameters.append((parameter.name, value)) }
            }
            let reply = try await link.invoke(
                CmdletCall(
                    step: planned.key.step, cmdlet: template.cmdlet, parameters: parameters, select: template.select,
                    limit: link.host.deadlines.step))
            guard reply.succeeded else {
                throw Fault(
                    "survey.failed", .failed, host: link.host.name,
                    "\(template.cmdlet): \(reply.errors.first?.message ?? "the call failed without a word")")
            }
            results[planned.key.step] = reply.output
        }
        try await sink.record(.surveyed(host: link.host.name))
        return results
    }
}
