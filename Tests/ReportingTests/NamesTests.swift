import FleetModel
import Testing

@testable import Reporting

struct NamesTests {
    private let order: CertificateOrder = {
        var order = Sample.order("fe01")
        order.subjectOrigin = "pool FQDN"
        order.ekus.append(ExtendedKeyUsage.clientAuthentication)
        return order
    }()
    private let difference = AssignedDifference(
        host: "fe01", assigned: [oldPrint], namesAdded: ["new.example.com"], namesLost: ["old.example.com"],
        ekusLost: ["clientAuth"], keySmaller: .init(now: 4096, then: 2048))

    @Test func `each name stands with its reason, and what is left out with why`() {
        let text = NamesText(style: plain).text(NamesReport(orders: [order]))
        #expect(
            text == """
                fe-lyon/fe-default on fe01  for Default, WebServicesInternal
                  subject  CN=lyon.corp.example.com  pool FQDN
                  name     lyon.corp.example.com     pool FQDN
                  name     fe01.corp.example.com     host FQDN
                  not      sip.example.com           inventory: names.drop
                  eku      serverAuth, clientAuth

                """)
    }

    @Test func `the difference to what is assigned is shown with the losses that need a yes`() {
        let key = order.certificateKey
        let text = NamesText(style: plain).text(NamesReport(orders: [order], differences: [key: [difference]]))
        #expect(
            text.hasSuffix(
                """
                  against fe01: \(oldPrint)
                    + new.example.com
                    - old.example.com
                    a loss: eku-lost: clientAuth; needs --accept eku-lost
                    a loss: name-lost: old.example.com; needs --accept name-lost
                    a loss: key-smaller: 4096 bits now, 2048 then; needs --accept key-smaller

                """))
        let same = AssignedDifference(host: "fe01", assigned: [oldPrint])
        let none = AssignedDifference(host: "fe02", assigned: [])
        let other = NamesText(style: plain).text(NamesReport(orders: [order], differences: [key: [same, none]]))
        #expect(
            other.hasSuffix(
                "  against fe01: \(oldPrint)\n    no difference\n  against fe02: nothing is assigned\n"))
    }

    @Test func `the shape for programs is exactly the documented one`() {
        let names: JSONValue = .array([
            .object(["name": .string("lyon.corp.example.com"), "origin": .string("pool FQDN")]),
            .object(["name": .string("fe01.corp.example.com"), "origin": .string("host FQDN")]),
        ])
        let dropped: JSONValue = .array([
            .object(["name": .string("sip.example.com"), "why": .string("inventory: names.drop")])
        ])
        var expected: [String: JSONValue] = [
            "order": .string("fe-lyon/fe-default"), "pool": .string("fe-lyon"), "hosts": .array([.string("fe01")]),
            "usages": .array([.string("Default"), .string("WebServicesInternal")]),
            "subject": .string("lyon.corp.example.com"), "names": names, "dropped": dropped,
            "eku": .array([.string("serverAuth"), .string("clientAuth")]),
        ]
        #expect(
            NamesJSON.value(NamesReport(orders: [order]))
                == .object(["version": .int(1), "orders": .array([.object(expected)])]))
        expected["diff"] = .array([
            .object([
                "host": .string("fe01"), "assigned": .array([.string(oldPrint)]),
                "added": .array([.string("new.example.com")]), "lost": .array([.string("old.example.com")]),
                "ekuLost": .array([.string("clientAuth")]),
                "keySmaller": .object(["now": .int(4096), "then": .int(2048)]),
            ])
        ])
        #expect(
            NamesJSON.value(NamesReport(orders: [order], differences: [order.certificateKey: [difference]]))
                == .object(["version": .int(1), "orders": .array([.object(expected)])]))
    }

    @Test func `a pool that is only named is never said to be done or due`() {
        var planned = Sample.planned("fe01")
        planned.isManaged = false
        let sentence = "fe-lyon: named, not managed: no procedure"
        let pool = PoolPlan(pool: Sample.pool(), orders: [planned], unmanaged: sentence)
        let plan = Plan(command: "renew", pools: [pool], created: at(0))
        #expect(PlanBrief(style: plain).text(plan).hasPrefix("fe-lyon  named, not managed\n\nnothing to do"))
        let text = PlanText(clock: clock, style: plain).text(plan)
        #expect(text.contains("\n  \(sentence)\n"))
        #expect(text.contains("fe-lyon/fe-default on fe01: named, not managed\n"))
        let status = StatusReport(pools: [pool], facts: [:], now: at(0))
        #expect(StatusText(clock: clock, style: plain).text(status) == "pool fe-lyon\n  \(sentence)\n")
        #expect(!status.isDue)
    }
}
