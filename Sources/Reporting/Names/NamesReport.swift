package import FleetModel

/// Orders with their names and reasons, and, where servers were asked, the difference to what they have.
package struct NamesReport: Sendable {
    package var orders: [CertificateOrder]
    /// By ``CertificateOrder/certificateKey``; `nil` when no server was asked.
    package var differences: [String: [AssignedDifference]]?

    package init(orders: [CertificateOrder], differences: [String: [AssignedDifference]]? = nil) {
        self.orders = orders
        self.differences = differences
    }
}

/// Names for programs.
///
///     { "version": 1,
///       "orders": [ { "order", "pool", "hosts": [host], "usages", "subject", "names": [{"name","origin"}],
///                     "dropped": [{"name","why"}], "eku": ["serverAuth"] } ] }
///
/// `order` is `pool/order`; with `sharing: host` there is one entry per host. `names` are the alternative names in the
/// order in which they are asked for. With `--diff` each order has `"diff": [ { "host", "assigned": [thumbprint],
/// "added": [name], "lost": [name], "ekuLost": [eku], "keySmaller": {"now","then"} or null } ]` as well, one entry for
/// each host that answered.
package enum NamesJSON {
    package static func value(_ report: NamesReport) -> JSONValue {
        let orders = report.orders.map { order -> JSONValue in
            var members = self.order(order)
            if let differences = report.differences {
                members["diff"] = .array((differences[order.certificateKey] ?? []).map(difference))
            }
            return .object(members)
        }
        return .object(["version": .int(1), "orders": .array(orders)])
    }

    private static func order(_ order: CertificateOrder) -> [String: JSONValue] {
        let dropped = order.dropped.map { JSONValue.object(["name": .string($0.name), "why": .string($0.why)]) }
        return [
            "order": .string(order.id), "pool": .string(order.pool), "hosts": .texts(order.hosts),
            "usages": .texts(order.usages), "subject": .string(order.subject.commonName),
            "names": .names(order.names), "dropped": .array(dropped),
            "eku": .texts(order.ekus.map(ExtendedKeyUsage.word)),
        ]
    }

    private static func difference(_ one: AssignedDifference) -> JSONValue {
        let key = one.keySmaller.map { JSONValue.object(["now": .number($0.now), "then": .number($0.then)]) }
        return .object([
            "host": .string(one.host), "assigned": .texts(one.assigned), "added": .texts(one.namesAdded),
            "lost": .texts(one.namesLost), "ekuLost": .texts(one.ekusLost), "keySmaller": key ?? .null,
        ])
    }
}
