import FleetModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct OrderOfSwitchesTests {
    private let pools = ["fe-lyon", "fe-paris", "se-lyon", "edge-lyon"]
    private let due: Set<String> = ["fe-lyon/fe", "fe-paris/fe", "se-lyon/fe", "edge-lyon/edge-internal"]

    @Test func `the first switch of a run goes alone`() async throws {
        let scenario = try await Scenario(due: due)
        scenario.fleet.onCall { _, call in
            if call.step == "assign" { for _ in 0..<50 { await Task.yield() } }
        }
        #expect(try await scenario.run(pools: pools) == (.finished, .done))
        let switches = scenario.sink.switches
        #expect(switches.count == 18)
        #expect(switches[1] == "-" + switches[0].dropFirst())
    }

    @Test func `when the first switch fails no other begins, in any pool`() async throws {
        let scenario = try await Scenario(due: due)
        for server in scenario.fleet.servers.values { await server.fail(.error, at: "assign") }
        #expect(try await scenario.run(pools: pools) == (.stopped, .guarded))
        #expect(scenario.sink.switches.count == 2)
        #expect(scenario.sink.switches[1].hasPrefix("!"))
        #expect(scenario.sink.stopped.count == 4)
    }

    @Test func `a canary whose gate is closed gives its turn to another`() async throws {
        let scenario = try await Scenario(due: ["fe-paris/fe", "se-lyon/fe"])
        for host in ["fe11", "fe12"] { await scenario.server(host).change { $0.readiness = "Busy" } }
        #expect(try await scenario.run("fe-paris", "se-lyon") == (.stopped, .guarded))
        #expect(scenario.sink.switches == ["+se01", "-se01"])
    }

    @Test func `members of a pool and of its partner are never switched together`() async throws {
        for _ in 0..<5 {
            let scenario = try await Scenario(due: due) { $0.rollout.canary = 0 }
            scenario.fleet.onCall { _, call in
                if ["assign", "stop-all"].contains(call.step) { for _ in 0..<50 { await Task.yield() } }
            }
            #expect(try await scenario.run("fe-lyon", "fe-paris") == (.finished, .done))
            var running = 0
            for change in scenario.sink.switches {
                running += change.hasPrefix("+") ? 1 : -1
                #expect(running < 2)
            }
            #expect(scenario.sink.switches.count == 10)
        }
    }

    @Test func `pools that are no partners are switched side by side`() async throws {
        let scenario = try await Scenario(due: due) { $0.rollout.canary = 0 }
        // Each waits in the middle of its switch until the other is in the middle of its own.
        let meeting = Meeting(of: 2)
        scenario.fleet.onCall { host, call in
            if call.step == "assign", ["fe01", "edge01"].contains(host) { await meeting.arrive() }
        }
        #expect(try await scenario.run("fe-lyon", "edge-lyon") == (.finished, .done))
    }
}

/// Lets nobody go on before all are there.
actor Meeting {
    private let size: Int
    private var present = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of size: Int) { self.size = size }

    func arrive() async {
        present += 1
        if present >= size {
            for one in waiting { one.resume() }
            waiting = []
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }
}
