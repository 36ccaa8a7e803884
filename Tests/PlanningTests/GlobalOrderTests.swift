import FleetModel
import Foundation
import Planning
import Testing

/// One certificate for the deployment.
@Suite struct GlobalOrderTests {
    private let all = ["fe01", "fe02", "fe03", "se01", "fe11", "fe12"]
    private let id = "fe-lyon/oauth"

    private func world(networked: Bool = true) throws -> World {
        var world = try World.healthy()
        let index = try #require(world.inventory.pools.firstIndex { $0.name == "fe-lyon" })
        world.inventory.pools[index].orders.append(
            OrderDefinition(
                id: "oauth", usages: ["OAuthTokenIssuer"], authority: "corp", sharing: .global,
                place: world.inventory.pools[index].place))
        for host in world.inventory.pools[index].hosts.indices where networked {
            world.inventory.pools[index].hosts[host].ssh.methods = [.password]
        }
        let order = try world.order(id)
        #expect(order.hosts == all)
        for host in all {
            world.put(world.certificate(for: order, thumbprint: "TOKEN"), on: host, assignedTo: order.usages)
        }
        return world
    }

    private func expire(_ world: inout World) {
        for host in all {
            world.change(host) { facts in
                for index in facts.my.indices where facts.my[index].thumbprint == "TOKEN" {
                    facts.my[index].notAfter = World.now.addingTimeInterval(86_400)
                }
            }
        }
    }

    @Test func `shown by all and not due, nothing is done`() throws {
        let plan = try world().only("fe-lyon")
        #expect(try plan.order(id).need == .none)
        #expect(!plan.hasWork)
    }

    @Test func `a new one is made and assigned on one server, and read on every other, without gate or canary`() throws
    {
        var world = try world()
        expire(&world)
        let plan = try world.only("fe-lyon", orders: [id])
        #expect(try plan.order(id).need == .issue)
        let work = try plan.prepare(id)
        #expect(work.birth?.host == "fe01" && work.copies.isEmpty)
        #expect(try #require(work.birth).step("request").bindings["key.exportable"]?.text == "true")
        let pass = try #require(plan.passes.first)
        #expect(plan.passes.count == 1 && !pass.interrupts)
        #expect(pass.members.map(\.host) == ["fe01"])
        let fqdns = all.compactMap { world.inventory.host($0)?.host.fqdn }
        #expect(pass.members[0].ids == ["assign"] + fqdns.map { "replicated[\($0)]" })
        #expect(
            CallText.text(of: try pass.members[0].step("assign"))
                == "Set-CsCertificate -Identity global -Type OAuthTokenIssuer -Thumbprint <thumbprint> -Confirm:$false")
        #expect(pass.readers.map(\.steps.host) == all)
        #expect(pass.readers.map(\.pool.name) == ["fe-lyon", "fe-lyon", "fe-lyon", "se-lyon", "fe-paris", "fe-paris"])
        #expect(pass.readers.allSatisfy { $0.steps.ids == ["assigned"] })
    }

    @Test func `it goes after the pool's own switches`() throws {
        var world = try world()
        expire(&world)
        try world.expire("fe-lyon/fe")
        #expect(try world.only("fe-lyon").passes.map(\.orders) == [["fe-lyon/fe"], [id]])
    }

    @Test func `a server that shows another one makes it assigned once more, not ordered`() throws {
        var world = try world()
        world.change("fe12") { $0.assigned["OAuthTokenIssuer"] = "OLDER" }
        let planned = try world.only("fe-lyon").order(id)
        #expect(planned.need == .assign && planned.thumbprint == "TOKEN" && planned.birth == "fe01")
        #expect(planned.reasons.map(\.text) == ["fe12 does not show the one that most have"])
    }

    @Test func `one that was made and not assigned is taken`() throws {
        var world = try world()
        expire(&world)
        let order = try world.order(id)
        world.put(
            world.certificate(for: order, thumbprint: "NEW", friendlyName: "certfleet \(id) 20270101-0000-0000"),
            on: "fe02")
        let planned = try world.only("fe-lyon").order(id)
        #expect(planned.need == .assign && planned.thumbprint == "NEW" && planned.birth == "fe02")
    }

    @Test func `a sign-in by key cannot write the store`() throws {
        var world = try world(networked: false)
        #expect(try world.only("fe-lyon", orders: [id]).blocked == nil)
        expire(&world)
        let plan = try world.only("fe-lyon", orders: [id])
        #expect(plan.blocked?.code == "plan.no-network-logon" && !plan.hasWork)
    }

    @Test func `servers of other pools are looked at with it, and only with it`() throws {
        let world = try world()
        let planner = world.planner(["fe-lyon"])
        let lyon = try #require(world.inventory.pool("fe-lyon"))
        #expect(planner.surveyed(for: [lyon]).map(\.name) == ["fe-lyon", "se-lyon", "fe-paris"])
        #expect(world.planner(["fe-lyon"], orders: ["fe-lyon/fe"]).surveyed(for: [lyon]).map(\.name) == ["fe-lyon"])
    }

    @Test func `a server that could not be asked is named`() throws {
        var world = try world()
        world.facts["fe12"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let planned = try world.only("fe-lyon").order(id)
        #expect(planned.need == .none && planned.notes == ["fe12 could not be asked which one it shows"])
    }
}
