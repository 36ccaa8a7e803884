package import FleetModel

/// What a lab is made from: values that the command line has read and worked out.
package struct LabSource: Sendable {
    /// The fleet as it would be outside.
    package var inventory: Inventory
    /// Its orders with their names; each is seeded with an old certificate.
    package var orders: [CertificateOrder]
    package var seeds: SeedRules
    /// What kind of key the lab's authorities get.
    package var authorityKey: KeySpecification

    package init(
        inventory: Inventory, orders: [CertificateOrder], seeds: SeedRules = .demo,
        authorityKey: KeySpecification = KeySpecification()
    ) {
        self.inventory = inventory
        self.orders = orders
        self.seeds = seeds
        self.authorityKey = authorityKey
    }
}

/// Which pools and hosts of a fleet differ from the rest when a lab is made. Names that it does not have are ignored.
package struct SeedRules: Sendable, Equatable {
    /// Pools whose certificates have two thirds of their life left; everywhere else they are due by age.
    package var fresh: Set<String>
    /// Pools whose certificates lack one name.
    package var lackingName: Set<String>
    /// Exchange servers whose Unified Messaging starts in mode `TCP`, without TLS.
    package var startsAtTCP: Set<String>

    package init(fresh: Set<String> = [], lackingName: Set<String> = [], startsAtTCP: Set<String> = []) {
        self.fresh = fresh
        self.lackingName = lackingName
        self.startsAtTCP = startsAtTCP
    }

    /// One pool that is not due, one that is due for a name only, one server that still has to learn TLS.
    package static let demo = SeedRules(
        fresh: ["se-lyon", "fe-paris"], lackingName: ["fe-paris"], startsAtTCP: ["um10a"])
}
