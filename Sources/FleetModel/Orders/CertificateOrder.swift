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
    /// In the order in which they are asked for; the subject's name first.
    package var names: [OrderedName]
    package var dropped: [DroppedName]
    /// Object identifiers.
    package var ekus: [String]
    package var key: KeySpecification
    package var authority: String
    package var sharing: Sharing
    package var copiesExportable: Bool

    package init(
        id: String, pool: String, hosts: [String], usages: [String], subject: Subject, names: [OrderedName],
        dropped: [DroppedName], ekus: [String], key: KeySpecification, authority: String, sharing: Sharing,
        copiesExportable: Bool
    ) {
        self.id = id
        self.pool = pool
        self.hosts = hosts
        self.usages = usages
        self.subject = subject
        self.names = names
        self.dropped = dropped
        self.ekus = ekus
        self.key = key
        self.authority = authority
        self.sharing = sharing
        self.copiesExportable = copiesExportable
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

    package init(_ name: String, origin: String) {
        self.name = name
        self.origin = origin
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
}
