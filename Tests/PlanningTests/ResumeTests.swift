import FleetModel
import Foundation
import Planning
import Testing

@Suite struct ResumeTests {
    private let run = "20270115-0800-ab12"

    private func history(_ kinds: [RunEvent.Kind]) -> RunHistory {
        RunHistory(kinds.map { RunEvent(time: World.now, kind: $0) })
    }

    private func key(_ host: String, _ subject: String, _ part: StepKey.Part, _ step: String) -> StepKey {
        StepKey(host: host, subject: subject, part: part, step: step)
    }

    @Test func `a touched host gets its switch steps again, with the thumbprint that was signed`() throws {
        var world = try World.healthy()
        // The new certificate is assigned already: nothing would be due any more.
        let order = try world.order("fe-lyon/fe", host: "fe01")
        world.remove("fe-lyon/fe@fe01", from: "fe01")
        world.put(
            world.certificate(for: order, thumbprint: "NEW", age: 0, friendlyName: "certfleet fe-lyon/fe \(run)"),
            on: "fe01", assignedTo: order.usages)
        let sign = key("fe01", "fe-lyon/fe", .prepare, "sign")
        world.history = history([
            .outcome(sign, StepOutcome(.done, captures: ["thumbprint": .string("NEW")])),
            .switchBegan(pool: "fe-lyon", host: "fe01", orders: ["fe-lyon/fe"]),
        ])
        let plan = try world.only("fe-lyon")
        let planned = try plan.order("fe-lyon/fe", host: "fe01")
        #expect(planned.need == .assign)
        #expect(planned.reasons.map(\.code) == [.unfinished])
        #expect(plan.passes.map { $0.members.map(\.host) } == [["fe01"]])
        let member = plan.passes[0].members[0]
        #expect(member.ids == ["stop-all", "assign", "start-all", "assigned", "probe"])
        #expect(try member.step("assign").bindings["thumbprint"]?.text == "NEW")
        #expect(try plan.order("fe-lyon/fe", host: "fe02").need == .none)
    }

    @Test func `a touched host whose certificate was found in the store is gone on with, too`() throws {
        var world = try World.healthy()
        world.history = history([.switchBegan(pool: "se-lyon", host: "se01", orders: ["se-lyon/fe"])])
        let plan = try world.only("se-lyon")
        #expect(try plan.order("se-lyon/fe").need == .assign)
        #expect(try plan.passes.first?.members.first?.step("assign").bindings["thumbprint"]?.text == "se-lyon/fe@se01")
    }

    @Test func `a member that is down by our hand goes first, and its own services do not keep its gate closed`() throws
    {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        world.history = history([
            .switchBegan(pool: "fe-lyon", host: "fe02", orders: ["fe-lyon/fe"]),
            .outcome(
                key("fe02", "fe-lyon/fe", .prepare, "sign"),
                StepOutcome(.done, captures: ["thumbprint": .string("NEW")])),
        ])
        let plan = try world.only("fe-lyon")
        #expect(plan.passes.map { $0.members.map(\.host) } == [["fe02", "fe01", "fe03"]])
        #expect(Set(plan.gates["fe02"]?.map(\.key.host) ?? []) == ["fe01", "fe03"])
        #expect(Set(plan.gates["fe01"]?.map(\.key.host) ?? []) == ["fe01", "fe02", "fe03"])
    }

    @Test func `a host that was switched well is left alone`() throws {
        var world = try World.healthy()
        world.history = history([
            .switchBegan(pool: "se-lyon", host: "se01", orders: ["se-lyon/fe"]),
            .switchEnded(pool: "se-lyon", host: "se01", orders: ["se-lyon/fe"], fault: nil),
        ])
        #expect(try !world.only("se-lyon").hasWork)
    }

    @Test func `a shared key is gone on with where it began`() throws {
        var world = try World.healthy()
        try world.expire("edge-lyon/edge-av")
        #expect(try world.only("edge-lyon").order("edge-lyon/edge-av").birth == "edge01")
        world.history = history([
            .intent(key("edge02", "edge-lyon/edge-av", .prepare, "request"), call: "", names: [:])
        ])
        let plan = try world.only("edge-lyon")
        #expect(try plan.order("edge-lyon/edge-av").birth == "edge02")
        #expect(try plan.prepare("edge-lyon/edge-av").birth?.host == "edge02")
        #expect(try plan.prepare("edge-lyon/edge-av").copies.map(\.host) == ["edge01", "edge03"])
    }

    @Test func `a shared key that is imported where it was born is brought to the others`() throws {
        var world = try World.healthy()
        try world.expire("edge-lyon/edge-av")
        let order = try world.order("edge-lyon/edge-av")
        world.put(
            world.certificate(
                for: order, thumbprint: "NEW", age: 0, friendlyName: "certfleet edge-lyon/edge-av \(run)"),
            on: "edge02")
        world.history = history([
            .outcome(key("edge02", "edge-lyon/edge-av", .prepare, "sign"), StepOutcome(.done))
        ])
        let plan = try world.only("edge-lyon", orders: ["edge-lyon/edge-av"])
        #expect(try plan.order("edge-lyon/edge-av").need == .distribute)
        #expect(try plan.prepare("edge-lyon/edge-av").birth?.host == "edge02")
        #expect(try plan.prepare("edge-lyon/edge-av").birth?.ids.first == "export")
        #expect(plan.passes.first?.members.map(\.host) == ["edge01", "edge02", "edge03"])
    }

    @Test func `the names of the run stay the same when it is planned again`() throws {
        var world = try World.healthy()
        try world.expire("se-lyon/fe")
        let folder = try #require(try world.only("se-lyon").prepare("se-lyon/fe").birth?.step("folder"))
        #expect(folder.bindings["folder.name"]?.text == "\(run)-fe")
        #expect(folder.bindings["order.friendly-name"]?.text == "certfleet se-lyon/fe \(run)")
        #expect(folder.key == key("se01", "se-lyon/fe", .prepare, "folder"))
    }
}
