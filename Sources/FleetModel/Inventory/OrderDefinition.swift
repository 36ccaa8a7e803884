/// An order as the inventory defines it for a pool; Planning makes ``CertificateOrder`` values of it.
package struct OrderDefinition: Sendable, Equatable {
    package var id: String
    package var usages: [String]
    package var authority: String
    package var sharing: Sharing
    package var addNames: [String]
    package var dropNames: [String]
    /// The SIP domains whose `sip.` names it bears; `nil` where the rules of the role decide.
    package var sipDomains: [String]?
    package var key: KeySpecification
    /// May the copies of a shared key be exported again? On the member where it was born it always may.
    package var copiesExportable: Bool
    package var assignment: Assignment
    package var place: SourcePlace

    package init(
        id: String, usages: [String], authority: String, sharing: Sharing = .host, addNames: [String] = [],
        dropNames: [String] = [], sipDomains: [String]? = nil, key: KeySpecification = KeySpecification(),
        copiesExportable: Bool = false, assignment: Assignment = .automatic, place: SourcePlace
    ) {
        self.id = id
        self.usages = usages
        self.authority = authority
        self.sharing = sharing
        self.addNames = addNames
        self.dropNames = dropNames
        self.sipDomains = sipDomains
        self.key = key
        self.copiesExportable = copiesExportable
        self.assignment = assignment
        self.place = place
    }
}

/// Whether a new certificate is assigned in the run that brought it (the tick box of the vendor's wizard), or waits
/// in the server's store for somebody to say so.
package enum Assignment: String, Sendable, Codable, CaseIterable {
    case automatic, manual
}

/// Who holds the key: each host its own, every member of the pool the same, or the deployment one.
package enum Sharing: String, Sendable, Codable, CaseIterable {
    case host, pool, global
}

/// What kind of key is made.
package struct KeySpecification: Sendable, Equatable, Codable {
    package var algorithm: String
    package var bits: Int
    package var hash: String

    package init(algorithm: String = "rsa", bits: Int = 2048, hash: String = "sha256") {
        self.algorithm = algorithm
        self.bits = bits
        self.hash = hash
    }
}
