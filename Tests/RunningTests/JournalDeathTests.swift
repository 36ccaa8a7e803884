import FleetModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct JournalDeathTests {
    @Test func `a journal that cannot be written stops the run`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe", "se-lyon/fe"])
        scenario.sink.onEvent { [sink = scenario.sink] kind in
            if case .switchBegan = kind { sink.die(at: 0, .before) }
        }
        #expect(try await scenario.run("fe-lyon", "se-lyon") == (.stopped, .cannotWriteState))
        #expect(scenario.sink.switches.count == 1)
        #expect(!scenario.fleet.calls.contains { $0.hasSuffix(" assign") || $0.hasSuffix(" stop-all") })
    }

    /// Dies at every event of a run, begins anew, and ends well with one certificate.
    private func walk(_ death: RecordingSink.Death, pool: String, orders: [String]) async throws {
        let whole = try await Scenario(due: Set(orders))
        #expect(try await whole.run(pool, orders: orders) == (.finished, .done))
        let count = whole.sink.events.count
        #expect(count > 30)
        for boundary in 0..<count {
            let scenario = try await Scenario(due: Set(orders))
            scenario.sink.die(at: boundary, death)
            let first = try await scenario.run(pool, orders: orders)
            #expect(first == (.stopped, .cannotWriteState), "\(boundary)")
            scenario.sink.revive()
            #expect(try await scenario.run(pool, orders: orders) == (.finished, .done), "\(boundary)")
            #expect(await scenario.issuer.issued.values.allSatisfy { $0 == 1 }, "\(boundary)")
            for host in scenario.inventory.pool(pool)?.hosts.map(\.name) ?? [] {
                let server = scenario.server(host)
                #expect(await server.leftovers.isEmpty, "\(boundary) \(host)")
                #expect(await server.services.values.allSatisfy { $0 == "Running" }, "\(boundary) \(host)")
                let usage = pool == "edge-lyon" ? "AudioVideoAuthentication" : "Default"
                #expect(await server.serving[usage]?.hasPrefix("NEW1") == true, "\(boundary) \(host)")
                #expect(await server.assigned[usage] == server.serving[usage], "\(boundary) \(host)")
            }
        }
    }

    @Test func `a Front End's run that dies before any event is finished later`() async throws {
        try await walk(.before, pool: "se-lyon", orders: ["se-lyon/fe"])
    }

    @Test func `a Front End's run that dies after any event is finished later`() async throws {
        try await walk(.after, pool: "se-lyon", orders: ["se-lyon/fe"])
    }

    @Test func `a push that dies before any event is finished later`() async throws {
        try await walk(.before, pool: "edge-lyon", orders: ["edge-lyon/edge-av"])
    }

    @Test func `a push that dies after any event is finished later`() async throws {
        try await walk(.after, pool: "edge-lyon", orders: ["edge-lyon/edge-av"])
    }
}
