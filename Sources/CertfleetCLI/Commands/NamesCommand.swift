import ArgumentParsing
import FleetModel
import Planning
import Reporting

/// `names [HOST|POOL…]`: which names each certificate must bear, and why.
struct NamesCommand: Command {
    let about = About(
        "names", "show which names each certificate must bear, and why each is there",
        discussion:
            "Worked out from the inventory alone; no server is contacted unless --diff is given, which shows what would be added and lost against the certificate that is assigned now. --usage chooses the certificates that have the usage; each is shown whole, with the names that its other usages need.",
        examples: ["certfleet names fe-lyon", "certfleet names edge01 --usage AccessEdgeExternal --diff"])
    let targets = Argument(repeated: "HOST|POOL", .text, "hosts, pools or groups; none: all pools")
    let usage = Option("usage", .text, "only certificates with this usage")
    let diff = Flag("diff", "ask the servers, and show the difference to what is assigned now")
    let json = Flag("json", "print JSON")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let inventory = project.inventory
        let chosen = try Targets(inventory).hostsOrAll(given.targets)
        let pools = inventory.pools.filter { chosen.pools.contains($0.name) }
        var orders = pools.flatMap { OrderBuilder.orders(of: $0, in: inventory) }.filter(chosen.includes)
        if let usage = given.usage { orders = try orders.having(usage) }
        var report = NamesReport(orders: orders)
        var code = ExitCode.done
        if given.diff {
            let request = RunRequest(command: "names", selection: PlanSelection(pools: pools.map(\.name)))
            let look = Look(program: program, project: project)
            let (plan, facts) = try await look.plan(request, reason: "names", only: chosen.hosts)
            report.differences = Self.differences(orders, plan: plan, facts: facts)
            for sentence in plan.pools.compactMap(\.unmanaged) { program.terminal.say(sentence + "\n") }
            code = look.exitCode(of: plan, detailed: false)
        }
        if given.json {
            program.terminal.write(JSONText.text(NamesJSON.value(report)))
        } else {
            let style = TextStyle(coloured: program.terminal.isOutputTerminal && program.terminal.colour)
            program.terminal.write(NamesText(style: style).text(report))
        }
        return code.rawValue
    }

    private static func differences(
        _ orders: [CertificateOrder], plan: Plan, facts: [String: SurveyResult]
    ) -> [String: [AssignedDifference]] {
        var differences: [String: [AssignedDifference]] = [:]
        let keys = Set(orders.map(\.certificateKey))
        for planned in plan.pools.flatMap(\.orders) where keys.contains(planned.order.certificateKey) {
            differences[planned.order.certificateKey] = planned.order.hosts.compactMap { host in
                facts[host]?.facts.map { AssignedDifference(planned, facts: $0) }
            }
        }
        return differences
    }
}

extension [CertificateOrder] {
    /// - Throws: ``Refusal`` 66 when none of them has the usage.
    fileprivate func having(_ usage: String) throws -> [CertificateOrder] {
        let having = filter { order in order.usages.contains { $0.lowercased() == usage.lowercased() } }
        guard having.isEmpty else { return having }
        var known: [String] = []
        for one in flatMap(\.usages) where !known.contains(one) { known.append(one) }
        throw Refusal(
            .noTarget,
            "no certificate here has the usage '\(usage)'\n  hint: there are: \(known.joined(separator: ", "))")
    }
}
