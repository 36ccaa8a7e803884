import FleetModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolTests {
    private func frontEnds(readyFor: Duration = .zero, maxFailures: Int = 0) async throws -> Scenario {
        try await Scenario(due: ["fe-lyon/fe", "se-lyon/fe"]) {
            $0.rollout.readyFor = readyFor
            $0.rollout.maxFailures = maxFailures
        }
    }

    // MARK: Prepare

    @Test(arguments: [Trouble.Kind.error, .diskFull])
    func `when prepare fails on one member nobody of its pool is switched`(kind: Trouble.Kind) async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").fail(kind, at: "request")
        #expect(try await scenario.run("fe-lyon", "se-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches == ["+se01", "-se01"])
        #expect(scenario.sink.stopped.map(\.code) == ["pool.not-switched"])
        #expect(scenario.sink.stopped[0].message.contains("because fe02 was not ready for it"))
        #expect(scenario.sink.stopped[0].hint?.contains(kind == .diskFull ? "free some space" : "runs resume") == true)
        #expect(await scenario.server("fe01").assigned["Default"] == "OLD-FE-LYON/FE@FE01")
        #expect(try await scenario.run("fe-lyon", "se-lyon") == (.finished, .done))
        #expect(await scenario.server("fe01").count("request") == 1)
    }

    @Test func `a member that does not answer stops its pool only`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").change { $0.isDown = true }
        #expect(try await scenario.run("fe-lyon", "se-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches == ["+se01", "-se01"])
        #expect(scenario.sink.stopped.map(\.code) == ["pool.member-missing"])
        #expect(await scenario.server("fe01").count("request") == 0)
    }

    @Test func `a pool of one that does not answer is unreachable`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("se01").change { $0.isDown = true }
        #expect(try await scenario.run("se-lyon") == (.stopped, .unreachable))
    }

    @Test func `a survey that fails touches nobody of the pool`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").fail(.error, at: "my")
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.intents.isEmpty)
    }

    @Test func `a line lost during the survey is joined again`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("se01").fail(.cutBefore, at: "roots")
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(scenario.sink.agents.count == 2)
    }

    // MARK: Switch

    @Test func `a failure in the middle leaves the rest of the pool untouched`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").fail(.error, at: "assign")
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches == ["+fe01", "-fe01", "+fe02", "!fe02"])
        #expect(await scenario.server("fe03").assigned["Default"] == "OLD-FE-LYON/FE@FE03")
        let fault = try #require(scenario.sink.switchFaults.first)
        #expect(fault.host == "fe02")
        #expect(fault.details.contains("fe-lyon/fe: before this run OLD-FE-LYON/FE@FE02 was assigned"))
        #expect(
            fault.details.contains {
                $0.hasPrefix("to put it back: Set-CsCertificate") && $0.contains("OLD-FE-LYON/FE@FE02")
            })
        #expect(fault.details.contains { $0.hasPrefix("services: ") && $0.contains("RTCSRV Stopped") })
        #expect(scenario.sink.stopped.map(\.code) == ["pool.stopped"])
    }

    @Test func `a failure on the last member leaves nobody untouched`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe03").fail(.error, at: "assign")
        #expect(try await scenario.run("fe-lyon") == (.stopped, .failed))
        #expect(scenario.sink.switches.suffix(2) == ["+fe03", "!fe03"])
    }

    @Test func `as many failures as are allowed do not stop the pool`() async throws {
        let scenario = try await frontEnds(maxFailures: 1)
        await scenario.server("fe02").fail(.error, at: "assigned", sparing: 1)
        #expect(try await scenario.run("fe-lyon") == (.stopped, .failed))
        #expect(scenario.sink.switches == ["+fe01", "-fe01", "+fe02", "!fe02", "+fe03", "-fe03"])
    }

    @Test func `one failure more than is allowed stops the pool`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"]) {
            $0.rollout.maxFailures = 1
            $0.rollout.canary = 0
        }
        await scenario.server("fe01").fail(.error, at: "assigned", sparing: 1)
        await scenario.server("fe02").fail(.error, at: "assigned", sparing: 1)
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches == ["+fe01", "!fe01", "+fe02", "!fe02"])
    }

    @Test func `a tolerated member is left as found by the pool's later passes`() async throws {
        let scenario = try await Scenario(due: ["edge-lyon/edge-av", "edge-lyon/edge-internal"]) {
            $0.rollout.maxFailures = 1
            $0.rollout.canary = 0
        }
        await scenario.server("edge02").fail(.error, at: "assigned", sparing: 1)
        #expect(try await scenario.run("edge-lyon") == (.stopped, .failed))
        #expect(
            scenario.sink.switches == [
                "+edge01", "-edge01", "+edge02", "!edge02", "+edge03", "-edge03", "+edge01", "-edge01", "+edge03",
                "-edge03",
            ])
    }

    // MARK: Gates

    @Test func `a gate that does not open stops the pool before its switch`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").change { $0.services["RTCSRV"] = "Stopped" }
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches.isEmpty)
        let gates = scenario.sink.kinds.compactMap { kind -> [String]? in
            if case .gate("fe-lyon", "fe01", false, let findings) = kind { findings } else { nil }
        }
        #expect(gates.count == 1 && gates[0].count == 1)
        #expect(gates[0][0].hasPrefix("fe02: "))
        #expect(scenario.clock.naps.isEmpty)
    }

    @Test func `each routing group needs a primary and secondaries`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe01").change { $0.fabric = [("fe01", ["fe02"]), ("fe01", [])] }
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        await scenario.server("fe01").change { $0.fabric = [("fe01", ["fe02"]), (nil, ["fe02"])] }
        #expect(try await scenario.run("fe-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches.isEmpty)
    }

    @Test func `a pool that says Busy is asked three times, ten minutes apart`() async throws {
        let scenario = try await Scenario(due: ["fe-paris/fe"]) { $0.rollout.readyFor = .seconds(1200) }
        await scenario.server("fe11").change { $0.readiness = "Busy" }
        #expect(try await scenario.run("fe-paris") == (.stopped, .guarded))
        #expect(scenario.clock.naps == [.seconds(600), .seconds(600)])
        #expect(scenario.sink.switches.isEmpty)
    }

    @Test func `a pool that becomes ready is gone on with, and must stay so for its time`() async throws {
        let scenario = try await Scenario(due: ["fe-paris/fe"]) { $0.rollout.readyFor = .seconds(1200) }
        let server = scenario.server("fe11")
        await server.change { $0.readiness = "Busy" }
        scenario.clock.onNap { _ in await server.change { $0.readiness = "Ready" } }
        #expect(try await scenario.run("fe-paris") == (.finished, .done))
        #expect(scenario.clock.naps == [.seconds(600)] + Array(repeating: .seconds(60), count: 20))
    }

    @Test func `a pool that falls ill while it is watched is not gone on with`() async throws {
        let scenario = try await Scenario(due: ["fe-paris/fe"]) { $0.rollout.readyFor = .seconds(1200) }
        let server = scenario.server("fe11")
        scenario.clock.onNap { [clock = scenario.clock] _ in
            if clock.naps.count == 7 { await server.change { $0.services["W3SVC"] = "Stopped" } }
        }
        #expect(try await scenario.run("fe-paris") == (.stopped, .guarded))
        #expect(scenario.clock.naps.count == 7)
        #expect(scenario.sink.switches == ["+fe11", "-fe11"])
    }

    @Test func `a line lost while a gate is asked does not close it`() async throws {
        let scenario = try await frontEnds()
        await scenario.server("fe02").fail(.cutBefore, at: "services.gate")
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
    }

    // MARK: Resting orders

    @Test func `an order that rests holds back only its own switch`() async throws {
        let scenario = try await Scenario(due: ["edge-lyon/edge-internal", "edge-lyon/edge-external"])
        await scenario.issuer.rest(["edge-lyon/edge-external"])
        #expect(try await scenario.run("edge-lyon") == (.resting, .waiting))
        let server = scenario.server("edge02")
        #expect(await server.assigned["Internal"] == "NEW1-EDGE-LYON/EDGE-INTERNAL@EDGE02")
        #expect(await server.assigned["AccessEdgeExternal"] == "OLD-EDGE-LYON/EDGE-EXTERNAL")
        #expect(scenario.sink.outcomes.contains("edge01 prepare sign: resting"))
        #expect(await scenario.server("edge01").folders.isEmpty)

        await scenario.issuer.rest([])
        #expect(try await scenario.run("edge-lyon") == (.finished, .done))
        #expect(await server.serving["AccessEdgeExternal"] == "NEW1-EDGE-LYON/EDGE-EXTERNAL")
        #expect(await server.count("stop-all") == 1)
        #expect(await scenario.issuer.issued.values.allSatisfy { $0 == 1 })
        #expect(await scenario.server("edge01").count("request") == 2)
        #expect(await scenario.server("edge01").leftovers.isEmpty)
    }

    @Test func `three members with keys of their own send three requests and rest once`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"])
        await scenario.issuer.rest(["fe-lyon/fe"])
        #expect(try await scenario.run("fe-lyon") == (.resting, .waiting))
        #expect(scenario.sink.switches.isEmpty)
        let resting = scenario.sink.kinds.count { if case .resting = $0 { true } else { false } }
        #expect(resting == 3)
        await scenario.issuer.rest([])
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        for host in ["fe01", "fe02", "fe03"] { #expect(await scenario.server(host).count("request") == 1) }
    }

    @Test func `a denied request is a failure, and nobody is switched`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"])
        await scenario.issuer.deny(["fe-lyon/fe"])
        #expect(try await scenario.run("fe-lyon") == (.stopped, .failed))
        #expect(scenario.sink.switches.isEmpty)
    }
}
