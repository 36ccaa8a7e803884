import FleetModel
import Foundation
import Planning
import Testing

/// Servers that ask their enterprise authority themselves, and certificates whose assignment waits for somebody.
@Suite struct ImmediateModeTests {
    private let authority = #"ca01.corp.example.com\Example Issuing"#

    private func world(user: String? = nil, methods: [SSHSettings.Method] = [.key]) throws -> World {
        var world = try World.healthy()
        world.inventory.authorities["corp"]?.kind = .hostOnline(
            HostOnlineSettings(authority: authority, template: "Web2", user: user, password: user.map { _ in "enroll" })
        )
        for pool in world.inventory.pools.indices {
            for host in world.inventory.pools[pool].hosts.indices {
                world.inventory.pools[pool].hosts[host].ssh.methods = methods
            }
        }
        try world.expire("fe-lyon/fe")
        return world
    }

    @Test(arguments: [[SSHSettings.Method.key], [.agent], [.password, .key]])
    func `a sign-in that may be by key has no calls, and is told the three ways round`(
        methods: [SSHSettings.Method]
    ) throws {
        let plan = try world(methods: methods).only("fe-lyon")
        let fault = try #require(plan.blocked)
        #expect(fault.code == "plan.no-network-logon" && fault.kind == .guarded)
        #expect(fault.message.contains("fe01, fe02, fe03 cannot ask \(authority) for fe-lyon/fe"))
        for way in ["auth: [password]", "user and password under authorities: corp", "certsrv, drop-folder or command"]
        {
            #expect(fault.hint?.contains(way) == true, "\(way)")
        }
        #expect(!plan.hasWork)
    }

    @Test func `a password, or another account for the request, lets the server ask`() throws {
        var world = try world(methods: [.password, .keyboardInteractive])
        var request = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe01").birth).step("request")
        #expect(request.bindings["authority.ca"]?.text == authority)
        #expect(request.bindings["authority.template"]?.text == "Web2")
        #expect(request.bindings["authority.user"] == nil && request.bindings["authority.password"] == nil)
        world = try self.world(user: #"CORP\enroll"#)
        request = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe01").birth).step("request")
        let text = CallText.text(of: request)
        #expect(
            text.contains(#"-CA 'ca01.corp.example.com\Example Issuing' -CaAccount CORP\enroll -CaPassword ••••••"#))
        #expect(!text.contains("-Output"))
        if case .secretNamed(let name)? = request.bindings["authority.password"] {
            #expect(name == "enroll")
        } else {
            Issue.record("the plan holds more than the secret's name")
        }
    }

    @Test func `nothing is fetched in a first run, and what waits is fetched in a resumed one`() throws {
        var world = try world(methods: [.password])
        var steps = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe01").birth)
        #expect(Array(steps.ids.prefix(5)) == ["request", "number", "issued", "answer", "check"])
        #expect(Array(steps.ids.suffix(4)) == ["entry", "chain", "proof", "possession"])
        let key = try steps.step("answer").key
        world.history.apply(RunEvent(time: World.now, kind: .outcome(key, StepOutcome(.resting))))
        steps = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe01").birth)
        #expect(Array(steps.ids.prefix(4)) == ["request", "number", "retrieve", "issued"])
        let other = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe02").birth)
        #expect(!other.ids.contains("retrieve"))
    }

    @Test func `a certificate that is in the store already asks nobody`() throws {
        var world = try world()
        for host in ["fe01", "fe02", "fe03"] {
            let order = try world.order("fe-lyon/fe", host: host)
            world.put(world.certificate(for: order, thumbprint: "FRESH-\(host)"), on: host)
        }
        let plan = try world.only("fe-lyon")
        #expect(plan.blocked == nil && plan.hasWork)
        #expect(try plan.order("fe-lyon/fe", host: "fe01").need == .assign)
    }

    // MARK: Assignment by somebody

    @Test func `a manual assignment ends in the store, waits there, and is a plan of its own`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        let index = try #require(world.inventory.pools.firstIndex { $0.name == "fe-lyon" })
        world.inventory.pools[index].orders[0].assignment = .manual
        var plan = try world.only("fe-lyon")
        #expect(plan.prepare.count == 3 && plan.passes.isEmpty)
        #expect(plan.passesWithout([]).isEmpty)
        #expect(try plan.order("fe-lyon/fe", host: "fe01").assignsLater)

        for host in ["fe01", "fe02", "fe03"] {
            let order = try world.order("fe-lyon/fe", host: host)
            world.put(world.certificate(for: order, thumbprint: "FRESH-\(host)"), on: host)
        }
        plan = try world.only("fe-lyon")
        #expect(!plan.hasWork && plan.isDue)
        #expect(plan.orders.filter(\.waitsForAssignment).count == 3)
        #expect(plan.orders[0].notes.contains { $0.hasSuffix("waits to be assigned: certfleet assign fe-lyon") })

        world.assignsWaiting = true
        plan = try world.only("fe-lyon")
        #expect(plan.passes.map(\.members.count) == [3])
        #expect(plan.orders.allSatisfy { !$0.assignsLater && $0.need == .assign })
    }

    @Test func `the command that assigns orders nothing`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        world.assignsWaiting = true
        #expect(try world.only("fe-lyon").orders.isEmpty)
        #expect(try !world.only("fe-lyon").hasWork)
    }

    // MARK: Another authority

    @Test func `a certificate of another authority is named and not due`() throws {
        var world = try World.healthy()
        world.issuers = ["Example Root", "example issuing"]
        #expect(try world.only("fe-lyon").orders.allSatisfy(\.otherIssuers.isEmpty))
        world.issuers = ["Example Root", "Another Issuing"]
        let plan = try world.only("fe-lyon")
        #expect(plan.orders.allSatisfy { $0.need == .none })
        #expect(
            try plan.order("fe-lyon/fe", host: "fe02").otherIssuers == [
                "the one assigned on fe02 was issued by Example Issuing, not by corp (Example Root, Another Issuing); the next one comes from there"
            ])
    }

    @Test func `one that another authority made is not taken from the store, ours is`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe", on: ["fe01"])
        let order = try world.order("fe-lyon/fe", host: "fe01")
        world.put(world.certificate(for: order, thumbprint: "FOREIGN"), on: "fe01")
        #expect(try world.only("fe-lyon").order("fe-lyon/fe", host: "fe01").thumbprint == "FOREIGN")
        world.issuers = ["Another Issuing"]
        #expect(try world.only("fe-lyon").order("fe-lyon/fe", host: "fe01").need == .issue)
        world.put(
            world.certificate(for: order, thumbprint: "OURS", friendlyName: "certfleet fe-lyon/fe 20270101-0000-0000"),
            on: "fe01")
        #expect(try world.only("fe-lyon").order("fe-lyon/fe", host: "fe01").thumbprint == "OURS")
    }
}
