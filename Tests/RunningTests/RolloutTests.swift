import FleetModel
import Testing

@Suite(.timeLimit(.minutes(5))) struct RolloutTests {
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

    @Test func `what was read back says from where a port was looked at`() async throws {
        let scenario = try await Scenario(due: ["edge-lyon/edge-external"])
        #expect(try await scenario.run("edge-lyon") == (.finished, .done))
        func evidence(_ wanted: String) -> [String] {
            scenario.sink.kinds.flatMap { kind -> [String] in
                if case .verified(_, let host, let evidence) = kind, host == wanted { evidence } else { [] }
            }
        }
        #expect(
            evidence("edge01") == [
                "Get-CsCertificate shows NEW1-EDGE-LYON/EDGE-EXTERNAL",
                "TLS port 443 (AccessEdgeExternal) from the coordinator",
                "TLS port 5061 (AccessEdgeExternal) from the coordinator",
                "TLS port 443 (DataEdgeExternal) from the coordinator",
            ])
        #expect(evidence("edge03").suffix(3).allSatisfy { $0.hasSuffix("from the server itself") })
    }

    @Test func `a pool is called done only when it is`() async throws {
        func ended(_ scenario: Scenario) -> Int {
            scenario.sink.kinds.count { if case .poolEnded = $0 { true } else { false } }
        }
        let well = try await Scenario(due: ["fe-lyon/fe"])
        _ = try await well.run("fe-lyon")
        #expect(ended(well) == 1)
        let ill = try await Scenario(due: ["fe-lyon/fe"])
        await ill.server("fe02").fail(.error, at: "assign")
        _ = try await ill.run("fe-lyon")
        #expect(ended(ill) == 0)
    }
}
