import FleetModel
import Foundation
import Planning
import Testing

@Suite struct SharedKeyTests {
    private let av = "edge-lyon/edge-av"

    private func lackingOnThird() throws -> World {
        var world = try World.healthy()
        world.remove(av, from: "edge03")
        return world
    }

    @Test func `a key missing on one member is distributed from a holder that can export it`() throws {
        var world = try lackingOnThird()
        world.change("edge01") { facts in
            for index in facts.my.indices { facts.my[index].keyExportable = false }
        }
        let plan = try world.only("edge-lyon", orders: [av])
        let planned = try plan.order(av)
        #expect(planned.need == .distribute)
        #expect(planned.birth == "edge02")
        #expect(planned.thumbprint == av)
        #expect(
            planned.reasons == [
                DueReason(.sharedKeyDiffers, "the shared key is missing on edge03"),
                DueReason(.assignment, "not assigned on edge03"),
            ])
        let work = try plan.prepare(av)
        #expect(work.birth?.host == "edge02")
        #expect(work.birth?.ids == ["export", "entry", "chain", "proof", "possession"])
        #expect(work.copies.map(\.host) == ["edge01", "edge03"])
        #expect(work.copies[0].ids == ["entry", "chain", "proof", "possession"])
        #expect(work.copies[1].ids == ["import-copy", "entry", "chain", "proof", "possession"])
        #expect(plan.passes.map { $0.members.map(\.host) } == [["edge03"]])
    }

    @Test func `a key that nobody can export blocks the pool, until a new one is accepted`() throws {
        var world = try lackingOnThird()
        for host in ["edge01", "edge02"] {
            world.change(host) { facts in
                for index in facts.my.indices { facts.my[index].keyExportable = false }
            }
        }
        let blocked = try #require(try world.only("edge-lyon", orders: [av]).blocked)
        #expect(blocked.code == "push.not-exportable")
        #expect(blocked.kind == .guarded)
        #expect(blocked.hint == "a new certificate for the pool: certfleet push edge-lyon/edge-av --accept new-key")
        #expect(try world.only("edge-lyon", orders: [av]).passes.isEmpty)
        world.accepted = ["new-key"]
        let plan = try world.only("edge-lyon", orders: [av])
        #expect(plan.blocked == nil)
        #expect(try plan.order(av).need == .issue)
        #expect(try plan.order(av).birth == "edge01")
        #expect(plan.passes.first?.members.count == 3)
    }

    @Test func `a key that all hold is only assigned where it is not, though nobody can export it`() throws {
        var world = try World.healthy()
        for host in ["edge01", "edge02", "edge03"] {
            world.change(host) { facts in
                for index in facts.my.indices { facts.my[index].keyExportable = false }
            }
        }
        world.change("edge03") { $0.assigned["AudioVideoAuthentication"] = nil }
        let plan = try world.only("edge-lyon", orders: [av])
        #expect(plan.blocked == nil)
        #expect(try plan.order(av).need == .assign)
        #expect(plan.passes.map { $0.members.map(\.host) } == [["edge03"]])
    }

    @Test func `a due key is born once, on the first member that answers`() throws {
        var world = try World.healthy()
        try world.expire(av)
        world.facts["edge01"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let plan = try world.only("edge-lyon", orders: [av])
        let work = try plan.prepare(av)
        #expect(try plan.order(av).need == .issue)
        #expect(work.birth?.host == "edge02")
        #expect(work.copies.map(\.host) == ["edge03"])
        #expect(work.missing.keys.sorted() == ["edge01"])
        #expect(work.missing["edge01"]?.host == "edge01")
    }

    @Test func `a member that does not answer stops the switch of a shared key, not its distribution`() throws {
        var world = try lackingOnThird()
        world.facts["edge01"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let plan = try world.only("edge-lyon", orders: [av])
        #expect(plan.blocked == nil)
        #expect(try plan.prepare(av).copies.map(\.host) == ["edge03"])
        #expect(plan.passes.isEmpty)
        #expect(plan.gates.isEmpty)
    }

    @Test func `with a member missing and nobody to copy to, nothing needs to be exported`() throws {
        var world = try World.healthy()
        for host in ["edge02", "edge03"] {
            world.change(host) { facts in
                for index in facts.my.indices { facts.my[index].keyExportable = false }
            }
        }
        world.change("edge03") { $0.assigned["AudioVideoAuthentication"] = nil }
        world.facts["edge01"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let plan = try world.only("edge-lyon", orders: [av])
        #expect(plan.blocked == nil)
        #expect(try plan.prepare(av).birth?.ids == ["entry", "chain", "proof", "possession"])
    }

    @Test func `a member that does not answer blocks a pool whose hosts have keys of their own`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        world.facts["fe02"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let plan = try world.only("fe-lyon")
        #expect(plan.blocked?.code == "pool.member-missing")
        #expect(plan.blocked?.kind == .guarded)
        #expect(plan.unreachable["fe02"]?.host == "fe02")
        #expect(!plan.hasWork && plan.isDue)
    }

    @Test func `a missing member of a healthy pool blocks nothing`() throws {
        var world = try World.healthy()
        world.facts["fe02"] = .failed(Fault("ssh.refused", .unreachable, "nothing listens"))
        let plan = try world.only("fe-lyon")
        #expect(plan.blocked == nil && !plan.hasWork)
        #expect(plan.unreachable.keys.sorted() == ["fe02"])
        #expect(plan.orders.map(\.need) == [.none, .unknown, .none])
        #expect(!plan.isDue)
    }

    @Test func `the plan says what becomes of the media relay's tokens`() throws {
        var world = try World.healthy()
        try world.expire(av)
        let notes = try world.only("edge-lyon", orders: [av]).order(av).notes
        #expect(notes.contains { $0.contains("tokens signed with the old key are refused") })
        #expect(notes.contains { $0.contains("only when every member of edge-lyon holds the key") })
        #expect(try World.healthy().only("edge-lyon", orders: [av]).order(av).notes.isEmpty)
    }

    @Test func `the copies are exportable only where the inventory says so`() throws {
        let world = try lackingOnThird()
        let step = try world.only("edge-lyon", orders: [av]).prepare(av).copies[1].step("import-copy")
        guard case .flag(false)? = step.bindings["key.copies-exportable"] else {
            Issue.record("copies exportable: \(String(describing: step.bindings["key.copies-exportable"]))")
            return
        }
        guard case .flag(true)? = step.bindings["key.exportable"] else {
            Issue.record("not exportable where it is born")
            return
        }
    }
}
