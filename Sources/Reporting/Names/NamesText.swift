import FleetModel

/// Names for the terminal: a table per certificate, each name with its reason.
package struct NamesText: Sendable {
    private let style: TextStyle

    package init(style: TextStyle) { self.style = style }

    /// Lines with newlines, ready to be printed.
    package func text(_ report: NamesReport) -> String {
        let blocks = report.orders.map { order in
            self.order(order) + (report.differences.map { differences($0[order.certificateKey] ?? []) } ?? [])
        }
        return blocks.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private func order(_ order: CertificateOrder) -> [String] {
        let hosts = order.hosts.isEmpty ? "" : " on \(order.hosts.joined(separator: ", "))"
        let usages = order.usages.isEmpty ? "not managed here" : "for \(order.usages.joined(separator: ", "))"
        var table = Table()
        table.add("subject", "CN=\(order.subject.commonName)", order.subjectOrigin)
        for name in order.names { table.add("name", name.name, name.origin) }
        for name in order.dropped { table.add("not", name.name, name.why) }
        table.add("eku", order.ekus.map(ExtendedKeyUsage.word).joined(separator: ", "))
        return [style("\(order.id)\(hosts)".cleaned, .strong) + "  \(usages)".cleaned] + table.lines(indent: "  ")
    }

    private func differences(_ differences: [AssignedDifference]) -> [String] {
        differences.flatMap { one -> [String] in
            let assigned = one.assigned.isEmpty ? "nothing is assigned" : one.assigned.joined(separator: ", ")
            var lines = ["  against \(one.host): \(assigned)".cleaned]
            lines += one.namesAdded.map { "    + \($0)".cleaned }
            lines += one.namesLost.map { style("    - \($0)".cleaned, .waiting) }
            for loss in one.losses {
                lines.append(
                    style("    a loss: \(loss.code): \(loss.text); needs --accept \(loss.code)".cleaned, .waiting))
            }
            if lines.count == 1, !one.assigned.isEmpty { lines.append("    no difference") }
            return lines
        }
    }
}
