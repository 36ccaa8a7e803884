import FleetModel
import Foundation
import Planning
import Testing

@Suite struct PassTests {
    private func allDue() throws -> World {
        var world = try World.healthy()
        for pool in world.inventory.pools {
            for order in pool.orders { try world.expire("\(pool.name)/\(order.id)") }
        }
        return world
    }

    @Test func `the media-relay key goes first, then all others together with one stop and one start`() throws {
        let plan = try allDue().only("edge-lyon")
        #expect(
            plan.passes.map(\.orders) == [
                ["edge-lyon/edge-av"], ["edge-lyon/edge-internal", "edge-lyon/edge-external"],
            ])
        #expect(plan.passes.allSatisfy { $0.members.map(\.host) == ["edge01", "edge02", "edge03"] })
        #expect(
            plan.passes[0].members[0].ids == [
                "stop[RTCMRAUTH]", "stop[RTCMEDIARELAY]", "assign", "start[RTCMRAUTH]", "start[RTCMEDIARELAY]",
                "assigned",
            ])
        let together = plan.passes[1].members[0]
        #expect(
            together.ids == [
                "stop-all", "assign", "assign", "start-all", "assigned", "assigned", "probe", "probe",
            ])
        #expect(try together.step("stop-all").key.subject == "edge-lyon/edge-internal+edge-external")
        #expect(
            together.steps.filter { $0.key.step == "assign" }.map(\.key.subject) == [
                "edge-lyon/edge-internal", "edge-lyon/edge-external",
            ])
    }

    @Test func `an order that rests takes its services with it`() throws {
        let plan = try allDue().only("edge-lyon")
        let passes = plan.passesWithout(["edge-lyon/edge-internal"])
        #expect(passes.map(\.orders) == [["edge-lyon/edge-av"], ["edge-lyon/edge-external"]])
        #expect(
            passes[1].members[0].ids == [
                "stop[RTCSRV]", "stop[RTCDATAPROXY]", "assign", "start[RTCSRV]", "start[RTCDATAPROXY]", "assigned",
                "probe",
            ])
        #expect(plan.passesWithout(Set(plan.orders.map(\.order.id))).isEmpty)
    }

    @Test func `web usages alone restart nothing`() throws {
        var world = try allDue()
        world.inventory.pools[world.inventory.pools.firstIndex { $0.name == "se-lyon" }!].orders[0].usages = [
            "WebServicesInternal", "WebServicesExternal",
        ]
        #expect(try world.only("se-lyon").passes.first?.members.first?.ids == ["assign", "assigned", "probe"])
    }

    @Test func `each Front End is switched with its own certificate, all services in one go`() throws {
        let plan = try allDue().only("fe-lyon")
        #expect(plan.passes.count == 1)
        #expect(plan.prepare.map { $0.birth?.host } == ["fe01", "fe02", "fe03"])
        let member = plan.passes[0].members[1]
        #expect(member.ids == ["stop-all", "assign", "start-all", "assigned", "probe"])
        #expect(member.steps.allSatisfy { $0.scope == "fe-lyon/fe@fe02" })
        #expect(try plan.prepare("fe-lyon/fe", host: "fe02").birth?.ids.first == "folder")
        #expect(try plan.prepare("fe-lyon/fe", host: "fe02").birth?.finally.map(\.key.step) == ["remove-folder"])
    }

    @Test func `only members that need it are switched`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe", on: ["fe02"])
        #expect(try world.only("fe-lyon").passes.map { $0.members.map(\.host) } == [["fe02"]])
    }

    @Test func `a selected order leaves the pool's others alone`() throws {
        let plan = try allDue().only("edge-lyon", orders: ["edge-lyon/edge-external"])
        #expect(plan.passes.map(\.orders) == [["edge-lyon/edge-external"]])
        #expect(plan.orders.map(\.order.id) == ["edge-lyon/edge-external"])
    }

    @Test func `roots and intermediates are brought where they are missing`() throws {
        var world = try allDue()
        world.change("edge01") { $0.roots = [] }
        let plan = try world.only("edge-lyon")
        let one = try #require(try plan.prepare("edge-lyon/edge-internal", host: "edge01").birth)
        #expect(one.ids.prefix(2) == ["roots", "folder"])
        // Nobody has the public authority's issuing certificate yet.
        let external = try plan.prepare("edge-lyon/edge-external")
        #expect(external.birth?.ids.prefix(3) == ["roots", "intermediates", "folder"])
        #expect(external.copies.map { $0.ids.first } == ["intermediates", "intermediates"])
    }

    @Test func `startup mode is changed only where it is TCP`() throws {
        var world = try allDue()
        world.change("um13a") { $0.startupModes = ["UM": "TCP", "UMCallRouter": "Dual"] }
        world.change("um13b") { $0.startupModes = ["UM": "TLS", "UMCallRouter": "TCP"] }
        let members = try #require(try world.only("um2013").passes.first?.members)
        #expect(
            members[0].ids == [
                "startup-mode", "assign", "stop[MSExchangeUM]", "stop[MSExchangeUMCR]", "start[MSExchangeUM]",
                "start[MSExchangeUMCR]", "assigned", "probe",
            ])
        #expect(members[1].ids.first == "router-startup-mode")
        #expect(!members[1].ids.contains("startup-mode"))
    }

    @Test func `the Front Ends that an Exchange pool serves are named as to be done`() throws {
        let notes = try allDue().only("um2013").order("um2013/um", host: "um13a").notes
        #expect(
            notes == [
                "to be done afterwards: restart RTCSRV on the Front Ends of fe-lyon, one at a time",
                "to be done afterwards: restart RTCSRV on the Front Ends of fe-paris, one at a time",
            ])
    }

    // MARK: Probes

    private func probes(_ plan: PoolPlan, _ host: String, _ subject: String) throws -> [ProbeTarget] {
        let steps = try #require(plan.passes.last?.members.first { $0.host == host })
        return try steps.step("probe", subject: subject).probes
    }

    @Test func `an Edge interface without an address is looked at by the agent`() throws {
        let plan = try allDue().only("edge-lyon")
        let first = try probes(plan, "edge01", "edge-external")
        #expect(first.map(\.usage) == ["AccessEdgeExternal", "AccessEdgeExternal", "DataEdgeExternal"])
        #expect(first.map(\.address) == ["198.51.100.11", "198.51.100.11", "198.51.100.21"])
        #expect(first.map(\.port) == [443, 5061, 443])
        #expect(first.map(\.serverName) == ["sip.example.com", "sip.example.com", "webconf.example.com"])
        #expect(try probes(plan, "edge03", "edge-external").map(\.address) == [nil, nil, nil])
        #expect(try probes(plan, "edge03", "edge-internal").map(\.address) == ["192.0.2.13", "192.0.2.13"])
    }

    @Test func `ports of the inventory go before the product's`() throws {
        var world = try allDue()
        let pool = try #require(world.inventory.pools.firstIndex { $0.name == "se-lyon" })
        world.inventory.pools[pool].hosts[0].ports = [PortMapping(usage: "Default", standard: 5061, port: 45061)]
        let targets = try probes(try world.only("se-lyon"), "se01", "fe")
        #expect(targets.map(\.standardPort) == [5061, 444, 443, 4443])
        #expect(targets.map(\.port) == [45061, 444, 443, 4443])
        #expect(targets.allSatisfy { $0.address == "10.1.1.31" })
    }

    // MARK: Gates

    @Test func `a pool of more than one has a gate that asks the others`() throws {
        let world = try allDue()
        let plan = try world.only("fe-lyon")
        #expect(plan.gates.keys.sorted() == ["fe01", "fe02", "fe03"])
        #expect(
            plan.gates["fe02"]?.map { "\($0.key.host) \($0.key.step)" } == [
                "fe01 services", "fe02 domains", "fe02 fabric", "fe03 services",
            ])
        #expect(try world.only("fe-paris").gates["fe11"]?.map(\.key.step) == ["readiness", "fabric", "services"])
        #expect(try world.only("edge-lyon").gates["edge02"]?.map(\.key.host) == ["edge01", "edge03"])
        #expect(try world.only("se-lyon").gates.isEmpty)
    }

    @Test func `a pool whose version has no procedure is named, not managed, and blocks nothing`() throws {
        var world = try allDue()
        let pool = try #require(world.inventory.pools.firstIndex { $0.name == "um2010" })
        world.inventory.pools[pool].version = .v2019
        let plan = try world.only("um2010")
        #expect(plan.unmanaged?.hasPrefix("um2010: named, not managed: no procedure gives exchange-um") == true)
        #expect(plan.blocked == nil)
        #expect(!plan.hasWork)
        #expect(plan.isUnmanaged && plan.orders.allSatisfy { $0.need == .issue && !$0.isManaged })
        #expect(try world.only("um2013").unmanaged == nil)
    }

    @Test func `one order without a procedure does not keep the others of its pool from being renewed`() throws {
        var world = try allDue()
        let pool = try #require(world.inventory.pools.firstIndex { $0.name == "fe-lyon" })
        world.inventory.pools[pool].orders.append(
            OrderDefinition(
                id: "hand", usages: ["Default"], authority: "corp", sharing: .pool,
                place: world.inventory.pools[pool].place))
        let plan = try world.only("fe-lyon")
        #expect(plan.unmanaged?.hasPrefix("fe-lyon/hand: named, not managed") == true)
        #expect(!plan.isUnmanaged && plan.orders.map(\.isManaged) == [true, true, true, false])
        #expect(plan.prepare.map(\.order.id) == ["fe-lyon/fe", "fe-lyon/fe", "fe-lyon/fe"])
    }
}
