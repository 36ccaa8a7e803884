import FleetModel
import Planning
import Testing

/// What a new certificate would take away needs a yes by name.
@Suite struct LossTests {
    private func world(_ change: (inout StoreCertificate) -> Void) throws -> World {
        var world = try World.healthy()
        try world.expire("fe-lyon/fe")
        world.change("fe02") { facts in
            for index in facts.my.indices { change(&facts.my[index]) }
        }
        return world
    }

    @Test(arguments: [
        ("eku-lost", "clientAuth"), ("name-lost", "old.example.com"), ("key-smaller", "4096 bits now, 2048 then"),
    ])
    func `a loss holds back the pool until it is accepted by its name`(code: String, words: String) throws {
        var world = try world { certificate in
            switch code {
            case "eku-lost": certificate.ekus.append(ExtendedKeyUsage.clientAuthentication)
            case "name-lost": certificate.dnsNames.append("old.example.com")
            default: certificate.keySize = 4096
            }
        }
        var plan = try world.only("fe-lyon")
        let fault = try #require(plan.blocked)
        #expect(fault.code == "plan.loss" && fault.kind == .guarded)
        #expect(fault.hint == "if that is meant: certfleet renew --accept \(code)")
        #expect(fault.details == ["fe-lyon/fe: \(code) on fe02: \(words)"])
        #expect(!plan.hasWork)
        #expect(try plan.order("fe-lyon/fe", host: "fe02").losses == [code])
        #expect(try plan.order("fe-lyon/fe", host: "fe01").losses == [])
        world.accepted = ["new-key"]
        #expect(try world.only("fe-lyon").blocked != nil)
        world.accepted = [code]
        plan = try world.only("fe-lyon")
        #expect(plan.blocked == nil && plan.hasWork)
        #expect(try plan.order("fe-lyon/fe", host: "fe02").losses == [code], "it stays visible")
    }

    @Test func `a name that only the inventory drops is a loss as well`() throws {
        var world = try world { _ in }
        let pool = try #require(world.inventory.pools.firstIndex { $0.name == "fe-lyon" })
        world.inventory.pools[pool].orders[0].dropNames = ["admin.corp.example.com"]
        #expect(try world.only("fe-lyon").blocked?.details.count == 3)
    }

    @Test func `a name that the product puts in again is not lost, and one that the inventory drops is not let in`()
        throws
    {
        var world = try world { $0.dnsNames += ["sip.example.com", "sip.example.net"] }
        world.inventory.topology.strictDNSAutoLogon = false
        let first = try world.only("fe-lyon").order("fe-lyon/fe", host: "fe02")
        let difference = AssignedDifference(first, facts: try #require(world.facts["fe02"]?.facts))
        #expect(difference.namesLost == ["sip.example.net"], "the default SIP domain's comes by itself")
        #expect(first.order.productNames.contains("sip.example.net"))
        let pool = try #require(world.inventory.pools.firstIndex { $0.name == "fe-lyon" })
        world.inventory.pools[pool].orders[0].dropNames = ["SIP.example.net"]
        #expect(
            try !world.only("fe-lyon").order("fe-lyon/fe", host: "fe02").order.productNames.contains("sip.example.net"))
    }

    @Test func `nothing is lost where nothing is due, where nothing was, or where no name is read`() throws {
        var world = try World.healthy()
        world.change("se01") { $0.my[0].dnsNames.append("old.example.com") }
        #expect(try world.only("se-lyon").blocked == nil)
        world.change("se01") { $0.assigned = [:] }
        #expect(try world.only("se-lyon").blocked == nil)
        try world.expire("edge-lyon/edge-av")
        for host in ["edge01", "edge02", "edge03"] {
            world.change(host) { facts in
                for index in facts.my.indices where facts.my[index].thumbprint == "edge-lyon/edge-av" {
                    facts.my[index].dnsNames = ["old.example.com"]
                }
            }
        }
        let plan = try world.only("edge-lyon")
        #expect(plan.blocked == nil && plan.hasWork)
    }

    @Test func `the difference to what is assigned names what is added and what is lost`() throws {
        let world = try world { certificate in
            certificate.dnsNames = ["FEPOOL1.corp.example.com", "old.example.com"]
            certificate.ekus = []
        }
        let planned = try world.only("fe-lyon").order("fe-lyon/fe", host: "fe02")
        let difference = AssignedDifference(planned, facts: try #require(world.facts["fe02"]?.facts))
        #expect(difference.namesLost == ["old.example.com"])
        #expect(difference.namesAdded.first == "fe02.corp.example.com")
        #expect(difference.ekusLost == [])
        #expect(difference.keySmaller == nil)
        #expect(difference.assigned == ["fe-lyon/fe@fe02"])
    }

    @Test(arguments: [
        ("CN=fe01.example.com", "fe01.example.com"), ("O=\"A, CN=x\", cn = fe01.example.com, C=FR", "fe01.example.com"),
        ("OU=a + CN=b", "b"), ("O=Example", nil), ("", nil),
    ])
    func `the common name is read from a subject as Windows prints it`(subject: String, name: String?) {
        #expect(DistinguishedName.commonName(of: subject) == name)
    }
}
