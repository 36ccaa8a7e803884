package import FleetModel

/// What changes on a host when an order's certificate takes the place of what is assigned now.
package struct AssignedDifference: Sendable, Equatable {
    package var host: String
    /// Thumbprints of what is assigned to the order's usages, each once; as a rule one.
    package var assigned: [String]
    package var namesAdded: [String]
    package var namesLost: [String]
    /// As words, see ``ExtendedKeyUsage/word(_:)``.
    package var ekusLost: [String]
    /// Bits now and then, when they become fewer.
    package var keySmaller: (now: Int, then: Int)?

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
        host = facts.host
        assigned = thumbprints
        let old = Self.distinct(present.flatMap(Self.names))
        let new = successor.map(Self.names) ?? order.names.map(\.name)
        // Where there are no alternative names, the subject is the name.
        let implied = [order.subject.commonName]
        namesAdded = present.isEmpty ? [] : Self.without(old, in: new)
        // The media-relay service reads no name, so there is none to lose.
        namesLost = order.usages == ["AudioVideoAuthentication"] ? [] : Self.without(new + implied, in: old)
        let then = successor?.ekus ?? order.ekus
        ekusLost =
            then.isEmpty
            ? [] : Self.distinct(present.flatMap(\.ekus)).filter { !then.contains($0) }.map(ExtendedKeyUsage.word)
        let bits = successor.flatMap(\.keySize) ?? order.key.bits
        keySmaller = present.compactMap(\.keySize).max().flatMap { $0 > bits ? (now: $0, then: bits) : nil }
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.host == other.host && one.assigned == other.assigned && one.namesAdded == other.namesAdded
            && one.namesLost == other.namesLost && one.ekusLost == other.ekusLost
            && one.keySmaller?.now == other.keySmaller?.now && one.keySmaller?.then == other.keySmaller?.then
    }

    /// The losses by the words of `--accept`.
    package var losses: [(code: String, text: String)] {
        var losses: [(String, String)] = []
        if !ekusLost.isEmpty { losses.append(("eku-lost", ekusLost.joined(separator: ", "))) }
        if !namesLost.isEmpty { losses.append(("name-lost", namesLost.joined(separator: ", "))) }
        if let keySmaller { losses.append(("key-smaller", "\(keySmaller.now) bits now, \(keySmaller.then) then")) }
        return losses
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
