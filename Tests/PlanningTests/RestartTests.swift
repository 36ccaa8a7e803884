import FleetModel
import Foundation
import Planning
import Testing

struct RestartTests {
    private func world(_ adjust: (inout Pool) -> Void = { _ in }) throws -> World {
        var world = try World.healthy()
        for index in world.inventory.pools.indices { adjust(&world.inventory.pools[index]) }
        return world
    }

    private func plan(_ world: World, _ pools: [String], adjust: (inout PlanningInput) -> Void = { _ in }) -> Plan {
        var input = PlanningInput(
            command: "renew", run: "20270115-0800-ab12", inventory: world.inventory, procedures: world.procedures,
            facts: world.facts, history: world.history, selection: PlanSelection(pools: pools), now: World.now)
        adjust(&input)
        return Planner(input).plan()
    }

    @Test func `a restart that is put off is owed, and only ports that nobody holds are looked at`() throws {
        var world = try world()
        try world.expire("fe-lyon/fe")
        let now = try #require(plan(world, ["fe-lyon"]).pools.first?.passes.first?.members.first)
        #expect(now.restarts == ["*"] && now.owes.isEmpty)
        #expect(now.ids.contains("stop-all") && now.ids.contains("start-all"))

        let later = try #require(
            plan(world, ["fe-lyon"]) { $0.defersRestarts = true }.pools.first?.passes.first?.members.first)
        #expect(later.restarts.isEmpty)
        #expect(later.ids == ["assign", "assigned", "probe"])
        #expect(Set(try later.step("probe").probes.map(\.usage)) == ["WebServicesInternal", "WebServicesExternal"])
        #expect(
            later.owes == [
                OwedRestart(
                    pool: "fe-lyon", host: "fe01", services: ["*"], why: "fe-lyon/fe, put off with --defer-restarts",
                    isDeferred: true)
            ])
    }

    @Test func `the inventory puts restarts off, always or outside of a window`() throws {
        var deferred = try world { $0.rollout.defersRestarts = true }
        try deferred.expire("edge-lyon/edge-external")
        let pass = try #require(plan(deferred, ["edge-lyon"]).pools.first?.passes.first)
        #expect(pass.members.flatMap(\.owes).map(\.what) == Array(repeating: "RTCSRV, RTCDATAPROXY", count: 3))
        #expect(pass.members.allSatisfy { $0.ids == ["assign", "assigned"] })

        var windowed = try world { $0.rollout.window = RestartWindow("22:00-04:00") }
        try windowed.expire("fe-lyon/fe")
        for (minute, isOwed) in [(22 * 60, false), (0, false), (239, false), (240, true), (12 * 60, true)] {
            let pools = plan(windowed, ["fe-lyon"]) { $0.minuteOfDay = minute }.pools
            #expect(pools.first?.passes.first?.members.first?.owes.isEmpty == !isOwed, "\(minute)")
        }
        #expect(
            ["", "22:00", "22:00-22:00", "24:00-01:00", "2:00-03:00", "22:60-23:00"].compactMap(RestartWindow.init)
                == [])
        #expect(RestartWindow("08:30-09:00").map(\.description) == "08:30-09:00")
    }

    @Test func `a member whose services were stopped is finished, whatever the hour`() throws {
        var world = try world()
        try world.expire("fe-lyon/fe")
        let key = StepKey(host: "fe01", subject: "fe-lyon/fe", part: .switching, step: "stop-all")
        world.history.apply(
            RunEvent(time: World.now, kind: .switchBegan(pool: "fe-lyon", host: "fe01", orders: ["fe-lyon/fe"])))
        world.history.apply(RunEvent(time: World.now, kind: .intent(key, call: "", names: [:])))
        let members = plan(world, ["fe-lyon"]) { $0.defersRestarts = true }.pools.first?.passes.first?.members ?? []
        #expect(members.first?.host == "fe01" && members.first?.restarts == ["*"])
        #expect(members.dropFirst().allSatisfy { $0.restarts.isEmpty && !$0.owes.isEmpty })
    }

    @Test func `a new certificate of an Exchange server owes RTCSRV on every Front End that it serves`() throws {
        var world = try world()
        try world.expire("um2013/um", on: ["um13a"])
        let steps = try #require(plan(world, ["um2013"]).pools.first?.passes.first?.members.first)
        #expect(steps.restarts == ["MSExchangeUM", "MSExchangeUMCR"])
        #expect(steps.owes.map(\.host) == ["fe01", "fe02", "fe03", "fe11", "fe12"])
        #expect(steps.owes.allSatisfy { $0.services == ["RTCSRV"] && !$0.isDeferred })
    }

    @Test func `restarts by themselves ask the gate, drain, and read back what is assigned`() throws {
        let world = try world()
        let debts = [
            OwedRestart(pool: "fe-lyon", host: "fe02", services: ["RTCSRV"], why: "um", isDeferred: false),
            OwedRestart(pool: "edge-lyon", host: "edge01", services: ["RTCSRV"], why: "x", isDeferred: true),
            OwedRestart(pool: "edge-lyon", host: "edge01", services: ["*"], why: "y", isDeferred: true),
        ]
        let pools = plan(world, ["fe-lyon", "edge-lyon"]) { $0.restart = debts }.pools
        #expect(pools.map(\.pool.name) == ["fe-lyon", "edge-lyon"])
        let front = try #require(pools.first?.passes.first)
        #expect(front.isRestart && front.members.map(\.host) == ["fe02"])
        #expect(front.members[0].ids == ["stop[RTCSRV]", "start[RTCSRV]", "assigned", "probe"])
        #expect(try front.members[0].step("stop").key.subject == "fe-lyon/restart")
        #expect(pools.first?.gates["fe02"]?.map(\.key.step).contains("fabric") == true)
        let edge = try #require(pools.last?.passes.first?.members.first)
        #expect(edge.restarts == ["*"])
        #expect(edge.ids.first == "stop-all" && !edge.ids.contains("assign"))
    }

    @Test func `a member that nobody could look at holds its pool's restarts back`() throws {
        var world = try world()
        world.facts["fe03"] = .failed(Fault("ssh.refused", .unreachable, "refused"))
        let debt = OwedRestart(pool: "fe-lyon", host: "fe01", services: ["*"], why: "x", isDeferred: true)
        let pool = try #require(plan(world, ["fe-lyon"]) { $0.restart = [debt] }.pools.first)
        #expect(pool.blocked?.code == "pool.member-missing" && !pool.hasWork)
    }

    @Test func `a restart pays what it names, all services pay everything, and nothing pays another server`() {
        var debts = RestartDebts()
        func owe(_ host: String, _ services: [String]) {
            debts.apply(
                .restartOwed(OwedRestart(pool: "p", host: host, services: services, why: "w", isDeferred: true)))
        }
        owe("a", ["RTCSRV", "RTCDATAPROXY"])
        owe("a", ["*"])
        owe("b", ["RTCSRV"])
        owe("b", ["RTCSRV"])
        #expect(debts.owed.count == 3)
        debts.apply(.restarted(pool: "p", host: "a", services: ["RTCSRV"]))
        #expect(debts.owed.map(\.services) == [["RTCDATAPROXY"], ["*"], ["RTCSRV"]])
        #expect(RestartDebts.services(debts.owed, on: "a") == ["*"])
        debts.apply(.restarted(pool: "p", host: "a", services: ["*"]))
        #expect(debts.owed.map(\.host) == ["b"])
    }
}
