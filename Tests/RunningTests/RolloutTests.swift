import FleetModel
import Testing

@Suite(.timeLimit(.minutes(1))) struct RolloutTests {
    @Test func `a Front End pool is renewed one member at a time`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"])
        let ended = try await scenario.run("fe-lyon")
        #expect(ended == (.finished, .done))
        #expect(scenario.sink.switches == ["+fe01", "-fe01", "+fe02", "-fe02", "+fe03", "-fe03"])
        for host in ["fe01", "fe02", "fe03"] {
            let server = scenario.server(host)
            #expect(await server.serving["Default"] == "NEW1-FE-LYON/FE@\(host.uppercased())")
            #expect(await server.leftovers.isEmpty)
            #expect(await server.services.values.allSatisfy { $0 == "Running" })
        }
        #expect(scenario.sink.agents.count == 3)
        #expect(await scenario.issuer.issued.values.allSatisfy { $0 == 1 })
    }
}
