/// One certificate that must exist.
///
/// With `sharing: host` an order of the inventory becomes one of these per host; shared, it is one for all of them.
package struct CertificateOrder: Sendable, Equatable, Codable {
    /// `pool/order`, as the command line writes it.
    package var id: String
    package var pool: String
    /// The hosts that must hold it.
    package var hosts: [String]
    package var usages: [String]
    package var subject: Subject
    /// For people: why the subject is what it is.
    package var subjectOrigin: String
    /// Whether an assigned certificate with another subject does not serve. Where the vendor's pages differ, or call
    /// the subject advice, it is what we ask for and no more.
    package var subjectIsBinding: Bool
    /// The alternative names, in the order in which they are asked for. The subject's name is among them where the
    /// vendor's table has it there; a table without alternative names leaves this empty.
    package var names: [OrderedName]
    package var dropped: [DroppedName]
    /// Names that the product may put into a request by itself, beside those that are asked for.
    package var productNames: [String]
    /// Those of them that it puts in every time.
    package var certainProductNames: [String]
    /// Object identifiers.
    package var ekus: [String]
    package var key: KeySpecification
    package var authority: String
    package var sharing: Sharing
    package var copiesExportable: Bool
    package var assignment: Assignment

    package init(
        id: String, pool: String, hosts: [String], usages: [String], subject: Subject, subjectOrigin: String = "",
        subjectIsBinding: Bool = false, names: [OrderedName], dropped: [DroppedName],
        productNames: [String] = [], certainProductNames: [String] = [], ekus: [String],
        key: KeySpecification, authority: String, sharing: Sharing, copiesExportable: Bool,
        assignment: Assignment = .automatic
    ) {
        self.id = id
        self.pool = pool
        self.hosts = hosts
        self.usages = usages
        self.subject = subject
        self.subjectOrigin = subjectOrigin
        self.subjectIsBinding = subjectIsBinding
        self.names = names
        self.dropped = dropped
        self.productNames = productNames
        self.certainProductNames = certainProductNames
        self.ekus = ekus
        self.key = key
        self.authority = authority
        self.sharing = sharing
        self.copiesExportable = copiesExportable
        self.assignment = assignment
    }

    /// Whether a request or a certificate may have this common name. Where the subject is advice, the product may choose
    /// another of the server's names; a wildcard is none of them.
    package func accepts(commonName: String) -> Bool {
        let name = commonName.lowercased()
        return name == subject.commonName.lowercased()
            || !subjectIsBinding && productNames.contains { $0.lowercased() == name }
    }

    /// Tells a certificate apart within a run: the order, and the host where each has its own.
    package var certificateKey: String { sharing == .host ? "\(id)@\(hosts.first ?? "")" : id }
}

/// The subject of a certificate.
package struct Subject: Sendable, Equatable, Codable {
    package var commonName: String
    package var organization: Organization

    package init(commonName: String, organization: Organization = Organization()) {
        self.commonName = commonName
        self.organization = organization
    }
}

/// A name with the reason why it is there.
package struct OrderedName: Sendable, Equatable, Codable {
    package var name: String
    /// For people: `pool FQDN`, `meet URL of example.com`, `inventory: names.add`.
    package var origin: String
    /// What may stand on an assigned certificate instead: sets of names, of which one must be there whole; an empty
    /// set says that the name may be missing. It comes from pages that differ, and from wildcards where they are
    /// allowed; what is ordered is always the name itself.
    package var instead: [[String]]

    package init(_ name: String, origin: String, instead: [[String]] = []) {
        self.name = name
        self.origin = origin
        self.instead = instead
    }

    /// Whether a certificate with these alternative names serves: order and case of letters do not count.
    package func isCovered(by names: [String]) -> Bool {
        let present = Set(names.map { $0.lowercased() })
        return present.contains(name.lowercased())
            || instead.contains { $0.allSatisfy { present.contains($0.lowercased()) } }
    }
}

/// A name that a rule would have added and something took away.
package struct DroppedName: Sendable, Equatable, Codable {
    package var name: String
    package var why: String

    package init(_ name: String, why: String) {
        self.name = name
        self.why = why
    }
}

/// Object identifiers of extended key usages.
package enum ExtendedKeyUsage {
    package static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    package static let clientAuthentication = "1.3.6.1.5.5.7.3.2"

    /// The usual short word; the identifier itself for others.
    package static func word(_ identifier: String) -> String {
        switch identifier {
        case serverAuthentication: "serverAuth"
        case clientAuthentication: "clientAuth"
        default: identifier
        }
    }
}
