import FleetModel
import Foundation
import Planning
import Testing

@Suite struct DueTests {
    private let day = 86_400.0

    private func reason(age: Double, life: Double, lead: Double = 60) -> DueReason? {
        let begin = World.now.addingTimeInterval(-age * day)
        return DueRule(lead: .seconds(lead * day), now: World.now)
            .age(notBefore: begin, notAfter: begin.addingTimeInterval(life * day))
    }

    @Test func `a certificate of 47 days is not due when it is issued`() {
        #expect(reason(age: 0, life: 47) == nil)
        #expect(reason(age: 31, life: 47) == nil)
        #expect(reason(age: 32, life: 47)?.code == .expiring)
        #expect(reason(age: 32, life: 47)?.text == "15 days left of 47 days, less than a third of its life")
    }

    @Test func `a long-lived certificate is due when less than the lead is left`() {
        #expect(reason(age: 730 - 60, life: 730) == nil)
        #expect(reason(age: 730 - 59, life: 730)?.text == "59 days left of 730 days, less than the lead of 60d")
        #expect(reason(age: 730 - 90, life: 730, lead: 100)?.code == .expiring)
        #expect(reason(age: 731, life: 730) == DueReason(.expired, "expired 1 day ago"))
    }

    @Test func `a healthy fleet has nothing to do`() throws {
        let world = try World.healthy()
        for pool in world.inventory.pools {
            let plan = try world.only(pool.name)
            #expect(plan.orders.allSatisfy { $0.need == .none && $0.reasons.isEmpty }, "\(pool.name)")
            #expect(!plan.hasWork)
            #expect(plan.gates.isEmpty && plan.blocked == nil)
        }
    }

    @Test func `a longer lead makes certificates due, a third of the life stays`() throws {
        var world = try World.healthy()
        world.lead = .seconds(710 * day)
        #expect(try world.only("se-lyon").orders.allSatisfy { $0.need == .none })
        try world.expire("se-lyon/fe")
        #expect(try world.only("se-lyon").order("se-lyon/fe").need == .issue)
    }

    private func reasons(_ body: (inout StoreCertificate) -> Void) throws -> [DueReason.Code] {
        var world = try World.healthy()
        world.change("se01") { body(&$0.my[0]) }
        return try world.only("se-lyon").order("se-lyon/fe").reasons.map(\.code)
    }

    @Test func `names, key usage, key size, key and trust count as well as age`() throws {
        #expect(try reasons { $0.dnsNames.removeLast() } == [.names])
        #expect(try reasons { $0.dnsNames = $0.dnsNames.map { $0.uppercased() } } == [])
        #expect(try reasons { $0.dnsNames.append("more.example.com") } == [])
        #expect(try reasons { $0.ekus = ["1.3.6.1.5.5.7.3.2"] } == [.eku])
        #expect(try reasons { $0.ekus = [] } == [])
        #expect(try reasons { $0.keySize = 1024 } == [.key])
        #expect(try reasons { $0.hasPrivateKey = false } == [.key])
        #expect(try reasons { $0.keyProblem = "keyset does not exist" } == [.key])
        #expect(try reasons { $0.selfIssued = true } == [.chain])
        #expect(try reasons { $0.notBefore = World.now.addingTimeInterval(60) } == [.expiring])
    }

    @Test func `nothing assigned, a lost entry and two certificates are reasons`() throws {
        var world = try World.healthy()
        world.change("se01") { $0.assigned = [:] }
        #expect(try world.only("se-lyon").order("se-lyon/fe").reasons.map(\.code) == [.absent])
        world.change("se01") { facts in
            facts.assigned = ["Default": "GONE", "WebServicesInternal": "GONE", "WebServicesExternal": "GONE"]
        }
        #expect(try world.only("se-lyon").order("se-lyon/fe").reasons.map(\.code) == [.absent])
        world.change("se01") { $0.assigned["Default"] = "OTHER" }
        #expect(try world.only("se-lyon").order("se-lyon/fe").reasons.map(\.code) == [.assignment])
    }

    // MARK: What the store has already

    @Test func `a fitting certificate in the store is assigned, not ordered again`() throws {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe", on: ["fe02"])
        let order = try world.order("fe-lyon/fe", host: "fe02")
        world.put(world.certificate(for: order, thumbprint: "OLDER", age: 200), on: "fe02")
        world.put(world.certificate(for: order, thumbprint: "NEWER", age: 2), on: "fe02")
        let planned = try world.only("fe-lyon").order("fe-lyon/fe", host: "fe02")
        #expect(planned.need == .assign)
        #expect(planned.thumbprint == "NEWER")
        #expect(
            planned.former == ["fe02": Dictionary(uniqueKeysWithValues: order.usages.map { ($0, "fe-lyon/fe@fe02") })])
        let steps = try #require(try world.only("fe-lyon").prepare("fe-lyon/fe", host: "fe02").birth)
        #expect(steps.ids == ["entry", "chain", "proof", "possession"])
        #expect(steps.finally.isEmpty)
    }

    @Test func `a certificate without its key, self-signed or of an authority is not taken`() throws {
        var world = try World.healthy()
        try world.expire("se-lyon/fe")
        var found = world.certificate(for: try world.order("se-lyon/fe"), thumbprint: "FOUND")
        found.hasPrivateKey = false
        world.put(found, on: "se01")
        (found.hasPrivateKey, found.selfIssued, found.thumbprint) = (true, true, "SELF")
        world.put(found, on: "se01")
        (found.selfIssued, found.isAuthority, found.thumbprint) = (false, true, "CA")
        world.put(found, on: "se01")
        #expect(try world.only("se-lyon").order("se-lyon/fe").need == .issue)
    }

    @Test func `a certificate made for another order is not taken, though the names are the same`() throws {
        var world = try World.healthy()
        try world.expire("edge-lyon/edge-internal", on: ["edge01"])
        let order = try world.order("edge-lyon/edge-internal", host: "edge01")
        #expect(try world.order("edge-lyon/edge-av").names.map(\.name) == order.names.map(\.name))
        world.put(
            world.certificate(
                for: order, thumbprint: "AV", age: 1, friendlyName: "certfleet edge-lyon/edge-av 20270101-0000-aaaa"),
            on: "edge01")
        #expect(try world.only("edge-lyon").order("edge-lyon/edge-internal", host: "edge01").need == .issue)
        world.put(
            world.certificate(
                for: order, thumbprint: "MINE", age: 1,
                friendlyName: "certfleet edge-lyon/edge-internal 20270101-0000-aaaa"),
            on: "edge01")
        let planned = try world.only("edge-lyon").order("edge-lyon/edge-internal", host: "edge01")
        #expect(planned.thumbprint == "MINE")
    }

    @Test func `a certificate that another usage has is not taken`() throws {
        var world = try World.healthy()
        try world.expire("edge-lyon/edge-internal", on: ["edge01"])
        // The media-relay certificate, valid and of the same names, is in the same store.
        #expect(try world.only("edge-lyon").order("edge-lyon/edge-internal", host: "edge01").need == .issue)
    }
}
