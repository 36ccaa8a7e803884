package import FleetModel

/// A run as the vendor's wizard would have had it: per server and order the 21 steps, with what proves each.
package struct VendorStepsText: Sendable {
    private let clock: DisplayClock

    package init(clock: DisplayClock) { self.clock = clock }

    package func text(_ report: RunReport) -> String {
        var lines = ["run \(report.id)  \(report.command)".cleaned]
        for order in report.orders {
            for entry in order.hosts {
                guard let host = report.hosts.first(where: { $0.name == entry.host }) else { continue }
                lines += [
                    "",
                    "\(entry.host)  \(order.summary.order)  \(order.summary.usages.joined(separator: ", "))".cleaned,
                ]
                guard VendorSteps.serves(order) else {
                    lines.append("  the wizard knows nothing of Exchange; its steps: certfleet runs show \(report.id)")
                    continue
                }
                lines += rows(VendorSteps(order: order, host: host, report: report).rows)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func rows(_ steps: [VendorStep]) -> [String] {
        steps.flatMap { step -> [String] in
            let place = (step.number < 10 ? " " : "") + step.row
            let head = "  \(place)\(step.row.count > 1 && step.number < 10 ? "" : " ") \(step.page)"
            if let why = step.notApplicable { return [head + ": does not apply, \(why)".cleaned] }
            var lines = [head + (step.at.map { "  \(clock.time($0))" } ?? "")]
            if let called = step.called { lines.append("        called     \(called)".cleaned) }
            if let readBack = step.readBack, !readBack.isEmpty {
                lines.append("        read back  \(readBack)".cleaned)
            }
            return lines
        }
    }
}

extension VendorStepsText {
    /// `{"version":1,"run":"…","servers":[{"host":"…","order":"…","steps":[{"step":1,"row":"1","page":"…","called":"…",
    /// "readBack":"…","at":"…","notApplicable":"…"}],"before":STEP,"carried":STEP}]}`; what is not known is left out.
    /// `before` is what the page asks for first, `carried` the detour of the delayed mode after the fourth step.
    package static func json(_ report: RunReport) -> JSONValue {
        var servers: [JSONValue] = []
        for order in report.orders {
            for entry in order.hosts {
                guard let host = report.hosts.first(where: { $0.name == entry.host }) else { continue }
                guard VendorSteps.serves(order) else { continue }
                let steps = VendorSteps(order: order, host: host, report: report)
                servers.append(
                    .object([
                        "host": .string(entry.host), "order": .string(order.summary.order),
                        "steps": .array(steps.all.map(value)), "before": value(steps.before),
                        "carried": value(steps.carried),
                    ]))
            }
        }
        return .object(["version": .int(1), "run": .string(report.id), "servers": .array(servers)])
    }

    private static func value(_ step: VendorStep) -> JSONValue {
        var members: [String: JSONValue] = [
            "step": .int(Int64(step.number)), "row": .string(step.row), "page": .string(step.page),
        ]
        members["called"] = step.called.map(JSONValue.string)
        members["readBack"] = step.readBack.map(JSONValue.string)
        members["at"] = step.at.map { .optional($0) }
        members["notApplicable"] = step.notApplicable.map(JSONValue.string)
        return .object(members)
    }
}
