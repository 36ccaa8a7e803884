import Certificates
import FleetModel
import FoundationEssentials

/// Gives each order of a new lab its old certificate.
struct Seeding: Sendable {
    var folder: LabFolder
    var source: LabSource
    var authorities: LabAuthorities
    var now: Date

    private var plan: SeedPlan { SeedPlan(rules: source.seeds, now: now) }

    /// Keys are made side by side, each order its own: no key of one order or host is ever that of another.
    func run() async throws {
        try await withThrowingTaskGroup(of: (CertificateOrder, PrivateKey).self) { group in
            for order in source.orders {
                group.addTask { (order, try await PrivateKey.generate(order.key.kind)) }
            }
            for try await (order, key) in group { try seed(order, key: key) }
        }
    }

    private func seed(_ order: CertificateOrder, key: PrivateKey) throws {
        guard let pool = source.inventory.pool(order.pool), let signer = authorities.issuing[order.authority],
            let days = authorities.records.first(where: { $0.name == order.authority })?.days
        else {
            throw LabError(
                .unknown,
                "order \(order.id) names pool '\(order.pool)' and authority '\(order.authority)'; "
                    + "the inventory lacks one of them")
        }
        let content = plan.content(of: order, days: days, authority: order.authority)
        let certificate = try signer.issue(content, publicKey: key.publicKey)
        let pem = try key.pem()
        for (index, host) in order.hosts.enumerated() {
            let state = folder.state(host)
            let entry = StoreEntry(
                thumbprint: certificate.thumbprint, certificate: certificate.der, key: pem,
                friendlyName: plan.friendlyName(of: order, type: pool.type, validity: content.validity),
                exportable: order.sharing != .host && (index == 0 || order.copiesExportable))
            try state.store(.my).add(entry)
            if order.sharing == .global, index == 0 {
                for usage in order.usages {
                    try CentralStore(folder).assign(entry, to: usage, now: content.validity.notBefore)
                }
            }
            try state.assignAndServe(certificate.thumbprint, to: order.usages, type: pool.type)
        }
    }
}

extension KeySpecification {
    /// RSA 2048 for sizes that nobody makes.
    var kind: PrivateKey.Kind {
        switch (algorithm.lowercased(), bits) {
        case ("rsa", 3072): .rsa3072
        case ("rsa", 4096): .rsa4096
        case ("rsa", _): .rsa2048
        default: .p256
        }
    }
}
