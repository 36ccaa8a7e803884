import FleetModel
import Foundation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct StepTests {
    private func oneServer() async throws -> Scenario { try await Scenario(due: ["se-lyon/fe"]) }

    @Test func `the intent is on record before a changing call, the outcome after it`() async throws {
        let scenario = try await oneServer()
        let early = Mutex<[String]>([])
        let changing = ["folder", "request", "answer", "import", "stop-all", "assign", "start-all", "remove-folder"]
        scenario.fleet.onCall { [sink = scenario.sink] host, call in
            guard changing.contains(call.step) else { return }
            guard case .intent(let key, _, _)? = sink.kinds.last, key.step == call.step, key.host == host else {
                return early.withLock { $0.append(call.step) }
            }
        }
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(early.withLock { $0 }.isEmpty)
        let expected = ["folder", "request", "sign", "answer", "import", "stop-all", "assign", "start-all"]
        #expect(
            scenario.sink.intents.map { String($0.split(separator: " ")[2]) }.filter { $0 != "remove-folder" }
                == expected)
        for step in expected {
            #expect(scenario.sink.outcomes.contains { $0.hasSuffix(" \(step): done") }, "\(step)")
        }
    }

    @Test func `an intent shows the call with what is known by then`() async throws {
        let scenario = try await oneServer()
        _ = try await scenario.run("se-lyon")
        let texts = scenario.sink.intentTexts
        #expect(
            texts.contains {
                $0.hasPrefix("Import-CsCertificate") && $0.contains(#"C:\private\20270115-0800-ab12-fe\answer.cer"#)
            })
        #expect(texts.contains { $0.hasPrefix("Set-CsCertificate") && $0.contains("NEW1-SE-LYON/FE@SE01") })
        #expect(texts.allSatisfy { !$0.contains("<thumbprint>") && !$0.contains("<folder>") })
    }

    @Test func `the folder's name is journalled with the intent`() async throws {
        let scenario = try await oneServer()
        _ = try await scenario.run("se-lyon")
        let names = scenario.sink.kinds.compactMap { kind -> [String: String]? in
            if case .intent(let key, _, let names) = kind, key.step == "folder" { names } else { nil }
        }
        #expect(names == [["folder.name": "20270115-0800-ab12-fe"]])
    }

    // MARK: A lost line

    @Test(arguments: ["import", "stop-all", "assign", "start-all"])
    func `a call that was done before the line was lost is found done`(step: String) async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.cutAfter, at: step)
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count(step) == 1)
        #expect(scenario.sink.outcomes.contains { $0.hasSuffix("\(step): unknown") })
        #expect(scenario.sink.outcomes.contains { $0.hasSuffix("\(step): found-done") })
        #expect(
            scenario.sink.agents == [
                "se01: survey", "se01: joined again: connection lost during \(step) during \(step)",
            ])
        #expect(await server.serving["Default"] == "NEW1-SE-LYON/FE@SE01")
        #expect(await server.leftovers.isEmpty)
    }

    @Test(arguments: ["folder", "request", "answer", "import", "stop-all", "assign", "start-all"])
    func `a call that was not begun is made after joining again`(step: String) async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.cutBefore, at: step)
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count(step) == 2)
        #expect(scenario.sink.outcomes.contains { $0.hasSuffix("\(step): done") })
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
        #expect(await server.leftovers.isEmpty)
    }

    @Test func `a request whose file was lost is cleared away before another is made`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.cutAfter, at: "request")
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count("request") == 2)
        #expect(await server.count("request.clear") == 1)
        #expect(await server.leftovers.isEmpty)
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
    }

    @Test(arguments: ["request.verify", "import.verify", "entry", "chain", "proof", "assigned", "start-all.verify"])
    func `a lost line during any read or proof costs nothing`(step: String) async throws {
        let scenario = try await oneServer()
        // The survey has a step of the same name.
        await scenario.server("se01").fail(.cutBefore, at: step, sparing: step == "assigned" ? 1 : 0)
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(scenario.sink.agents.count == 2)
        #expect(await scenario.server("se01").serving["Default"] == "NEW1-SE-LYON/FE@SE01")
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
        #expect(await scenario.server("se01").leftovers.isEmpty)
    }

    @Test func `the folder is made anew only while something needs it`() async throws {
        let early = try await oneServer()
        await early.server("se01").fail(.cutBefore, at: "request")
        _ = try await early.run("se-lyon")
        #expect(await early.server("se01").count("folder") == 2)
        let late = try await oneServer()
        await late.server("se01").fail(.cutBefore, at: "chain")
        _ = try await late.run("se-lyon")
        #expect(await late.server("se01").count("folder") == 1)
        // It went with its agent; nobody asks the new one to remove it.
        #expect(await late.server("se01").count("remove-folder") == 0)
        #expect(scenarioFailures(late).isEmpty)
    }

    private func scenarioFailures(_ scenario: Scenario) -> [String] {
        scenario.sink.outcomes.filter { $0.hasSuffix("failed") }
    }

    @Test func `a second loss is the host's fault`() async throws {
        let scenario = try await oneServer()
        await scenario.server("se01").fail(.cutBefore, at: "import", times: 2)
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(scenario.sink.agents.count == 2)
        #expect(scenario.sink.switches.isEmpty)
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
    }

    // MARK: A former agent

    @Test func `an unknown step is looked at only when the former agent is gone`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.cutAfter, at: "import")
        scenario.fleet.onCall { _, call in
            if call.step == "import" { await server.hold(by: ["run x, pid 1", "run x, pid 1"]) }
        }
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(scenario.clock.naps == [.seconds(1), .seconds(1)])
        #expect(await server.count("import") == 1)
        #expect(
            scenario.sink.agents.suffix(2)
                == Array(repeating: "se01: waiting for the former agent to go (run x, pid 1)", count: 2))
    }

    @Test func `a former agent that stays is a fault that names it`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.cutAfter, at: "import")
        scenario.fleet.onCall { _, call in
            if call.step == "import" { await server.hold(by: Array(repeating: "run x", count: 500)) }
        }
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(scenario.clock.naps.count == 65)
        #expect(await server.count("import") == 1)
        await server.hold(by: [])
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count("import") == 1)
    }

    // MARK: Resume

    @Test func `what is done is not done again on resume, what failed is`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.error, at: "import")
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count("request") == 1)
        #expect(await server.count("import") == 2)
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
        #expect(scenario.sink.intents.count { $0.hasSuffix(" sign") } == 1)
    }

    @Test func `a switch that failed is taken up where it stopped`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        await server.fail(.error, at: "start-all")
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(await server.services["RTCSRV"] == "Stopped")
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await server.count("stop-all") == 1)
        #expect(await server.count("assign") == 1)
        #expect(await server.services["RTCSRV"] == "Running")
    }

    @Test func `a second run of a fleet that is well does nothing`() async throws {
        let scenario = try await oneServer()
        _ = try await scenario.run("se-lyon")
        let before = scenario.sink.intents
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(scenario.sink.intents == before)
    }

    @Test func `an answer that differs is not brought to the host`() async throws {
        let scenario = try await Scenario(due: ["se-lyon/fe"], refusedAnswers: ["se-lyon/fe"])
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(await scenario.server("se01").count("import") == 0)
        #expect(await scenario.server("se01").count("remove-folder") == 1)
    }

    @Test func `a port that goes on showing the old certificate fails the switch after its time`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        scenario.fleet.onCall { _, call in
            if call.step == "assigned" { await server.change { $0.serving["Default"] = "STALE" } }
        }
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
        #expect(scenario.clock.naps.reduce(.zero, +) == .seconds(120))
        let fault = try #require(scenario.sink.switchFaults.first)
        #expect(fault.code == "probe.other-certificate")
        #expect(fault.message == "TLS port 5061 (Default) shows STALE, not NEW1-SE-LYON/FE@SE01")
    }

    @Test func `a port that refuses for a while is looked at again`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        scenario.fleet.onCall { _, call in
            if call.step == "assigned" { await server.change { $0.serving = [:] } }
        }
        scenario.clock.onNap { _ in await server.change { $0.serving = $0.assigned } }
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(scenario.clock.naps == [.seconds(5)])
    }

    @Test func `a port that keeps refusing is a failed check, not an unreachable server`() async throws {
        let scenario = try await oneServer()
        let server = scenario.server("se01")
        scenario.fleet.onCall { _, call in
            if call.step == "assigned" { await server.change { $0.serving = [:] } }
        }
        #expect(try await scenario.run("se-lyon") == (.stopped, .failed))
    }
}
