import FleetModel
import Running
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct StopTests {
    // MARK: The operator asks to stop

    @Test func `a running switch finishes and nothing new begins`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"])
        let stop = StopRequest()
        scenario.fleet.onCall { host, call in if host == "fe01", call.step == "assign" { stop.ask() } }
        #expect(try await scenario.run("fe-lyon", stop: stop) == (.interrupted, .interrupted))
        #expect(scenario.sink.switches == ["+fe01", "-fe01"])
        #expect(await scenario.server("fe01").serving["Default"] == "NEW1-FE-LYON/FE@FE01")
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        #expect(scenario.sink.switches == ["+fe01", "-fe01", "+fe02", "-fe02", "+fe03", "-fe03"])
        #expect(await scenario.issuer.issued.values.allSatisfy { $0 == 1 })
    }

    @Test func `a member that waits for its pool to settle is not begun`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe"]) { $0.rollout.readyFor = .seconds(1200) }
        let stop = StopRequest()
        scenario.clock.onNap { _ in stop.ask() }
        #expect(try await scenario.run("fe-lyon", stop: stop) == (.interrupted, .interrupted))
        #expect(scenario.sink.switches == ["+fe01", "-fe01"])
    }

    @Test func `a prepare part is left between two steps and gone on with`() async throws {
        let scenario = try await Scenario(due: ["se-lyon/fe"])
        let stop = StopRequest()
        scenario.fleet.onCall { _, call in if call.step == "request" { stop.ask() } }
        #expect(try await scenario.run("se-lyon", stop: stop) == (.interrupted, .interrupted))
        #expect(await scenario.issuer.issued.isEmpty)
        #expect(scenario.sink.switches.isEmpty)
        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await scenario.server("se01").count("request") == 1)
    }

    @Test func `pools that wait for the canary or for their partner do not begin`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe", "fe-paris/fe", "se-lyon/fe"])
        let stop = StopRequest()
        scenario.fleet.onCall { _, call in if call.step == "assign" { stop.ask() } }
        #expect(
            try await scenario.run("fe-lyon", "fe-paris", "se-lyon", stop: stop) == (.interrupted, .interrupted))
        #expect(scenario.sink.switches.count == 2)
    }

    // MARK: The task is cancelled

    @Test(arguments: ["request", "import", "assign", "start-all"])
    func `a cancelled run ends at once and leaves its step unknown`(step: String) async throws {
        let scenario = try await Scenario(due: ["se-lyon/fe"])
        let work = Mutex<Task<(state: RunState, exitCode: ExitCode), any Error>?>(nil)
        scenario.fleet.onCall { _, call in
            guard call.step == step else { return }
            // The run may come here before the task is known below.
            while work.withLock({ $0 == nil }) { await Task.yield() }
            work.withLock { $0?.cancel() }
        }
        let task = Task { try await scenario.run("se-lyon") }
        work.withLock { $0 = task }
        #expect(try await task.value == (.interrupted, .interrupted))
        #expect(scenario.sink.outcomes.last { !$0.contains("finally") }?.hasSuffix("\(step): unknown") == true)
        #expect(scenario.sink.history.open.keys.contains { $0.step == step })

        #expect(try await scenario.run("se-lyon") == (.finished, .done))
        #expect(await scenario.issuer.issued == ["se-lyon/fe@se01": 1])
        #expect(await scenario.server("se01").serving["Default"] == "NEW1-SE-LYON/FE@SE01")
        #expect(await scenario.server("se01").leftovers.isEmpty)
    }

    @Test func `a cancelled run does not hang on those that wait for their turn`() async throws {
        let scenario = try await Scenario(due: ["fe-lyon/fe", "fe-paris/fe", "se-lyon/fe", "edge-lyon/edge-internal"])
        let work = Mutex<Task<(state: RunState, exitCode: ExitCode), any Error>?>(nil)
        scenario.fleet.onCall { _, call in
            guard call.step == "assign" else { return }
            for _ in 0..<100 { await Task.yield() }
            while work.withLock({ $0 == nil }) { await Task.yield() }
            work.withLock { $0?.cancel() }
        }
        let task = Task { try await scenario.run("fe-lyon", "fe-paris", "se-lyon", "edge-lyon") }
        work.withLock { $0 = task }
        #expect(try await task.value == (.interrupted, .interrupted))
        #expect(scenario.sink.switches.count == 2)
        #expect(try await scenario.run("fe-lyon", "fe-paris", "se-lyon", "edge-lyon") == (.finished, .done))
    }
}
