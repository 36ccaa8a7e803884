import FleetModel
import Testing

@Suite(.timeLimit(.minutes(5))) struct JournalDeathTests {
    @Test func `a journal that cannot be written stops the run`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe", "se-lyon/fe"])
        scenario.sink.onEvent { [sink = scenario.sink] kind in
            if case .switchBegan = kind { sink.die(at: 0, .before) }
        }
        #expect(try await scenario.run("fe-lyon", "se-lyon") == (.stopped, .cannotWriteState))
        #expect(scenario.sink.switches.count == 1)
        #expect(!scenario.fleet.calls.contains { $0.hasSuffix(" assign") || $0.hasSuffix(" stop-all") })
    }

    /// Dies at events of a run, begins anew, and ends well with one certificate for each order and host.
    private func walk(_ death: RecordingSink.Death, pool: String, orders: [String], stride step: Int = 1) async throws {
        let whole = try await Scenario(due: Set(orders))
        #expect(try await whole.run(pool, orders: orders) == (.finished, .done))
        let count = whole.sink.events.count
        #expect(count > 30)
        for boundary in stride(from: 0, to: count, by: step) {
            let scenario = try await Scenario(due: Set(orders))
            scenario.sink.die(at: boundary, death)
            let first = try await scenario.run(pool, orders: orders)
            #expect(first == (.stopped, .cannotWriteState), "\(boundary)")
            scenario.sink.revive()
            #expect(try await scenario.run(pool, orders: orders) == (.finished, .done), "\(boundary)")
            #expect(await scenario.issuer.issued == whole.issuer.issued, "\(boundary)")
            for host in whole.inventory.pool(pool)?.hosts.map(\.name) ?? [] {
                let (server, model) = (scenario.server(host), whole.server(host))
                #expect(await server.leftovers.isEmpty, "\(boundary) \(host)")
                #expect(await server.services == model.services, "\(boundary) \(host)")
                #expect(await server.assigned == model.assigned, "\(boundary) \(host)")
                #expect(await server.serving == model.serving, "\(boundary) \(host)")
            }
        }
    }

    @Test(arguments: [RecordingSink.Death.before, .after])
    func `a Standard Edition's run that dies at any event is finished later`(death: RecordingSink.Death) async throws {
        try await walk(death, pool: "se-lyon", orders: ["se-lyon/fe"])
    }

    @Test(arguments: [RecordingSink.Death.before, .after])
    func `a push that dies at every third event is finished later`(death: RecordingSink.Death) async throws {
        try await walk(death, pool: "edge-lyon", orders: ["edge-lyon/edge-av"], stride: 3)
    }

    @Test func `a run over all orders of a pool that dies at every ninth event is finished later`() async throws {
        let orders = ["edge-lyon/edge-internal", "edge-lyon/edge-external", "edge-lyon/edge-av"]
        try await walk(.before, pool: "edge-lyon", orders: orders, stride: 9)
    }
}
