import CmdletSignatures
import FleetFiles
import FleetModel
import Foundation
import Planning
import Running
import Templates

/// The example's fleet on pretend servers, and runs on it with the real procedures and plans.
final class Scenario: Sendable {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let run = "20270115-0800-ab12"

    let inventory: Inventory
    let procedures: [Procedure]
    let book = CertificateBook()
    let fleet: ScriptedFleet
    let issuer: ScriptedIssuer
    let sink = RecordingSink()
    let clock = HurryingClock()
    let refusedAnswers: Set<String>
    /// How many servers can be connected at once.
    let places: Int

    /// - Parameters:
    ///   - due: Ids of the orders whose certificates are about to end; all others are well.
    ///   - on: The hosts where they are; all by default.
    init(
        due: Set<String>, on hosts: Set<String>? = nil, refusedAnswers: Set<String> = [], places: Int = .max,
        adjust: (inout Pool) -> Void = { _ in }
    ) async throws {
        var inventory = try Self.example.get()
        for index in inventory.pools.indices {
            inventory.pools[index].rollout.readyFor = .zero
            adjust(&inventory.pools[index])
        }
        self.inventory = inventory
        self.refusedAnswers = refusedAnswers
        self.places = places
        procedures = try Self.library.get().procedures
        let book = book
        fleet = ScriptedFleet(
            servers: inventory.pools.flatMap { pool in
                pool.hosts.map { FakeServer(host: $0, pool: pool, book: book) }
            })
        issuer = ScriptedIssuer(book: book)
        for pool in inventory.pools {
            for order in OrderBuilder.orders(of: pool, in: inventory) { await seed(order, due: due, on: hosts) }
        }
    }

    private func seed(_ order: CertificateOrder, due: Set<String>, on hosts: Set<String>?) async {
        for host in order.hosts {
            let shared = order.sharing != .host
            let thumbprint = (shared ? "OLD-\(order.id)" : "OLD-\(order.id)@\(host)").uppercased()
            let minted = Minted(
                thumbprint: thumbprint, key: "old \(thumbprint)", names: order.names.map(\.name),
                subject: order.subject.commonName)
            book.add(minted)
            if order.sharing == .global {
                book.changeCentral { for usage in order.usages { $0.assigned[usage] = thumbprint } }
            }
            let left = due.contains(order.id) && (hosts?.contains(host) ?? true) ? 10.0 : 400
            await fleet.servers[host]?.change { server in
                server.my.append(
                    FakeServer.Entry(
                        minted: minted, friendlyName: "by hand", notBefore: Self.now.addingTimeInterval(-330 * 86_400),
                        notAfter: Self.now.addingTimeInterval(left * 86_400), exportable: shared))
                for usage in order.usages {
                    server.assigned[usage] = thumbprint
                    server.serving[usage] = thumbprint
                }
            }
        }
    }

    func server(_ name: String) -> FakeServer {
        guard let server = fleet.servers[name] else { preconditionFailure("no server \(name)") }
        return server
    }

    // MARK: A run, as the command line would wire it

    func run(_ pools: String..., orders: [String] = [], stop: StopRequest = StopRequest()) async throws -> (
        state: RunState, exitCode: ExitCode
    ) {
        try await run(pools: pools, orders: orders, stop: stop)
    }

    func run(pools: [String], orders: [String] = [], stop: StopRequest = StopRequest()) async throws -> (
        state: RunState, exitCode: ExitCode
    ) {
        let tools = tools(stop: stop)
        let history = sink.history
        var input = PlanningInput(
            command: "renew", run: Self.run, inventory: inventory, procedures: procedures, facts: [:],
            history: history, chains: ["corp": Self.chain("CORP"), "public": Self.chain("PUBLIC")],
            selection: PlanSelection(pools: pools, orders: orders), now: Self.now)
        input.facts = try await survey(pools, planner: Planner(input), links: tools.links)
        let plan = Planner(input).plan()
        let ended = await Runner(plan: plan, tools: tools, history: history).run()
        await tools.links.closeAll()
        return ended
    }

    private func tools(stop: StopRequest) -> RunTools {
        RunTools(
            links: HostLinks(connector: fleet, sink: sink, clock: clock, reason: "survey", places: places),
            issuer: issuer, secrets: NamedSecrets(),
            checker: ScriptedChecker(book: book, refused: refusedAnswers),
            prober: ScriptedProber(servers: Array(fleet.servers.values)), sink: sink, clock: clock,
            now: { Self.now }, stop: stop, run: Self.run, chains: [:])
    }

    private func survey(_ pools: [String], planner: Planner, links: HostLinks) async throws -> [String: SurveyResult] {
        var facts: [String: SurveyResult] = [:]
        for pool in planner.surveyed(for: pools.compactMap(inventory.pool)) {
            for host in pool.hosts {
                guard let steps = planner.survey(of: host, in: pool) else { continue }
                do {
                    let results = try await links.using(host, in: pool) {
                        try await Surveyor(sink: sink).survey(steps, over: $0)
                    }
                    facts[host.name] = .facts(try FactsReading.facts(of: host.name, from: results))
                } catch let fault as Fault {
                    facts[host.name] = .failed(fault)
                }
            }
        }
        return facts
    }

    // MARK: Files, read once

    private static func chain(_ issuing: String) -> AuthorityChain {
        AuthorityChain(
            roots: Data("ROOT".utf8), intermediates: Data(issuing.utf8), rootThumbprints: ["ROOT"],
            intermediateThumbprints: [issuing])
    }

    private static let library = Result {
        try ProcedureLibrary(
            builtIn: Templates.paths(below: "procedures").map {
                ProcedureLibrary.Source(file: "templates/\($0)", text: Templates.text($0) ?? "")
            },
            signatures: SignatureTable(
                texts: ["vendor", "agent"].compactMap { Templates.text("signatures/\($0).json") }))
    }

    private static let example = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "inventory/example.yml"), encoding: .utf8)
        return try InventoryFile.parse(
            text: text, file: "inventory/example.yml", folder: "/project", home: "/home/me")
    }
}
