package import FleetModel

extension AssignedDifference {
    /// - Parameter planned: With the certificate from the store that will be used, if there is one; otherwise what
    ///   the order asks for counts.
    package init(_ planned: PlannedOrder, facts: HostFacts) {
        let order = planned.order
        let successor = planned.thumbprint.flatMap(facts.certificate)
        var thumbprints: [String] = []
        for usage in order.usages {
            if let one = facts.assigned[usage], !thumbprints.contains(one) { thumbprints.append(one) }
        }
        let present = thumbprints.compactMap(facts.certificate).filter { $0.thumbprint != planned.thumbprint }
        self.init(host: facts.host, assigned: thumbprints)
        let old = Self.distinct(present.flatMap(Self.names))
        let new = successor.map(Self.names) ?? order.names.map(\.name)
        // Where there are no alternative names, the subject is the name.
        let implied = [order.subject.commonName] + order.certainProductNames
        if !present.isEmpty { namesAdded = Self.without(old, in: new) }
        // The media-relay service reads no name, so there is none to lose.
        if order.usages != ["AudioVideoAuthentication"] { namesLost = Self.without(new + implied, in: old) }
        let then = successor?.ekus ?? order.ekus
        if !then.isEmpty {
            ekusLost = Self.distinct(present.flatMap(\.ekus)).filter { !then.contains($0) }.map(ExtendedKeyUsage.word)
        }
        let bits = successor.flatMap(\.keySize) ?? order.key.bits
        if let most = present.compactMap(\.keySize).max(), most > bits {
            keySmaller = SmallerKey(now: most, then: bits)
        }
    }

    private static func names(of certificate: StoreCertificate) -> [String] {
        guard certificate.dnsNames.isEmpty else { return certificate.dnsNames }
        return DistinguishedName.commonName(of: certificate.subject).map { [$0] } ?? []
    }

    private static func without(_ known: [String], in names: [String]) -> [String] {
        let known = Set(known.map { $0.lowercased() })
        return names.filter { !known.contains($0.lowercased()) }
    }

    private static func distinct(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0.lowercased()).inserted }
    }
}
