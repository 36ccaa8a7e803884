import CmdletSignatures
import FleetFiles
import FleetModel
import Foundation
import Planning
import Templates
import Testing

/// The example's fleet with what its servers hold, and the plans that follow from it.
struct World {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    var inventory: Inventory
    var procedures: [Procedure]
    var facts: [String: SurveyResult] = [:]
    var history = RunHistory()
    var lead: Duration?
    var accepted: Set<String> = []
    var assignsWaiting = false
    /// Common names of what the authority `corp` issues with.
    var issuers: [String] = []

    /// Every order satisfied on every host: internal certificates 30 days old of 730, public ones 5 of 47.
    static func healthy() throws -> World {
        let sources = Templates.paths(below: "procedures").map {
            ProcedureLibrary.Source(file: "templates/\($0)", text: Templates.text($0) ?? "")
        }
        let texts = ["vendor", "agent"].compactMap { Templates.text("signatures/\($0).json") }
        let library = try ProcedureLibrary(builtIn: sources, signatures: SignatureTable(texts: texts))
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "inventory/example.yml"), encoding: .utf8)
        let inventory = try InventoryFile.parse(
            text: text, file: "inventory/example.yml", folder: "/project", home: "/home/me")
        var world = World(inventory: inventory, procedures: library.procedures)
        for pool in inventory.pools {
            for host in pool.hosts {
                world.facts[host.name] = .facts(
                    HostFacts(host: host.name, roots: ["ROOT"], intermediates: ["CORP"]))
            }
            for order in OrderBuilder.orders(of: pool, in: inventory) {
                for host in order.hosts {
                    let certificate = world.certificate(
                        for: order, thumbprint: order.sharing == .host ? "\(order.id)@\(host)" : order.id)
                    world.put(certificate, on: host, assignedTo: order.usages)
                }
            }
        }
        return world
    }

    // MARK: What servers hold

    func order(_ id: String, host: String? = nil) throws -> CertificateOrder {
        let pool = try #require(inventory.pool(String(id.prefix { $0 != "/" })))
        return try #require(
            OrderBuilder.orders(of: pool, in: inventory).first {
                $0.id == id && (host.map($0.hosts.contains) ?? true)
            })
    }

    func certificate(
        for order: CertificateOrder, thumbprint: String, age: Double? = nil, life: Double? = nil,
        friendlyName: String = "made by hand", exportable: Bool? = nil
    ) -> StoreCertificate {
        let day = 86_400.0
        let brief = order.authority == "public"
        let begin = Self.now.addingTimeInterval(-(age ?? (brief ? 5 : 30)) * day)
        return StoreCertificate(
            thumbprint: thumbprint, subject: "CN=\(order.subject.commonName)", issuer: "CN=Example Issuing",
            serialNumber: "01", notBefore: begin,
            notAfter: begin.addingTimeInterval((life ?? (brief ? 47 : 730)) * day), friendlyName: friendlyName,
            dnsNames: order.names.map(\.name), ekus: order.ekus, keySize: order.key.bits, hasPrivateKey: true,
            keyExportable: exportable ?? (order.sharing != .host))
    }

    mutating func change(_ host: String, _ body: (inout HostFacts) -> Void) {
        guard case .facts(var known)? = facts[host] else { return }
        body(&known)
        facts[host] = .facts(known)
    }

    mutating func put(_ certificate: StoreCertificate, on host: String, assignedTo usages: [String] = []) {
        change(host) { known in
            known.my.append(certificate)
            for usage in usages { known.assigned[usage] = certificate.thumbprint }
        }
    }

    mutating func remove(_ thumbprint: String, from host: String) {
        change(host) { known in
            known.my.removeAll { $0.thumbprint == thumbprint }
            known.assigned = known.assigned.filter { $0.value != thumbprint }
        }
    }

    /// Lets what is assigned for an order grow old, on all its hosts.
    mutating func expire(_ id: String, on hosts: [String]? = nil) throws {
        for order in OrderBuilder.orders(
            of: try #require(inventory.pool(String(id.prefix { $0 != "/" }))), in: inventory)
        where order.id == id {
            for host in order.hosts where hosts?.contains(host) ?? true {
                let old = facts[host]?.facts?.assigned[order.usages[0]]
                change(host) { known in
                    for index in known.my.indices where known.my[index].thumbprint == old {
                        known.my[index].notAfter = World.now.addingTimeInterval(86_400)
                    }
                }
            }
        }
    }

    // MARK: Plans

    func plan(_ pools: String..., orders: [String] = []) -> Plan { planner(pools, orders: orders).plan() }

    func planner(_ pools: [String], orders: [String] = []) -> Planner {
        Planner(
            PlanningInput(
                command: "renew", run: "20270115-0800-ab12", inventory: inventory, procedures: procedures,
                facts: facts, history: history,
                chains: [
                    "corp": chain("CORP"), "public": chain("PUBLIC"),
                ],
                selection: PlanSelection(pools: pools, orders: orders), lead: lead, accepted: accepted,
                assignsWaiting: assignsWaiting, now: Self.now))
    }

    private func chain(_ issuing: String) -> AuthorityChain {
        AuthorityChain(
            roots: Data("root".utf8), intermediates: Data(issuing.utf8), rootThumbprints: ["ROOT"],
            intermediateThumbprints: [issuing], issuers: issuing == "CORP" ? issuers : [])
    }

    func only(_ pool: String, orders: [String] = []) throws -> PoolPlan {
        try #require(plan(pool, orders: orders).pools.first)
    }
}

extension PoolPlan {
    func order(_ id: String, host: String? = nil) throws -> PlannedOrder {
        try #require(orders.first { $0.order.id == id && (host.map($0.order.hosts.contains) ?? true) })
    }

    func prepare(_ id: String, host: String? = nil) throws -> PrepareWork {
        try #require(prepare.first { $0.order.id == id && (host.map($0.order.hosts.contains) ?? true) })
    }
}

extension HostSteps {
    /// `step` or `step[item]`.
    var ids: [String] { steps.map { $0.key.step + ($0.key.item.map { "[\($0)]" } ?? "") } }

    func step(_ id: String, subject: String? = nil) throws -> PlannedStep {
        try #require(steps.first { $0.key.step == id && (subject.map($0.key.subject.hasSuffix) ?? true) })
    }
}
