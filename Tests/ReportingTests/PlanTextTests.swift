import FleetModel
import Foundation
import Testing

@testable import Reporting

@Suite struct PlanTextTests {
    @Test func `a plan shows why, the names with their origin, and every call by its step's id`() {
        #expect(
            PlanText(clock: clock, style: plain).text(Sample.plan()) == """
                plan for rollout fe-lyon, made 2026-11-21 12:03

                pool fe-lyon  front-end 2019
                  fe-lyon/fe-default on fe01: new certificate
                    why: 31 days left of 730, less than 60d
                    assigned until 2026-12-22
                    from corp, its own key, rsa 2048
                    for Default, WebServicesInternal
                    subject CN=lyon.corp.example.com; names:
                      lyon.corp.example.com  pool FQDN
                      fe01.corp.example.com  host FQDN
                      not sip.example.com    inventory: names.drop
                    a loss: eku-lost; to accept it: --accept eku-lost
                    note: to be done afterwards: restart RTCSRV on the Front Ends of fe-paris
                  fe-lyon/fe-default on fe02: new certificate
                    why: 31 days left of 730, less than 60d
                    assigned until 2026-12-22
                    from corp, its own key, rsa 2048
                    for Default, WebServicesInternal
                    subject CN=lyon.corp.example.com; names:
                      lyon.corp.example.com  pool FQDN
                      fe02.corp.example.com  host FQDN
                      not sip.example.com    inventory: names.drop
                    a loss: eku-lost; to accept it: --accept eku-lost
                    note: to be done afterwards: restart RTCSRV on the Front Ends of fe-paris
                  prepare fe-lyon/fe-default on fe01
                    *  folder  New-PrivateFolder -Name <name>
                    *  import  Import-It -Password •••••• -Certificate <certificate>
                  prepare fe-lyon/fe-default on fe02
                    *  folder  New-PrivateFolder -Name <name>
                    *  import  Import-It -Password •••••• -Certificate <certificate>
                  switch, pass 1: fe-lyon/fe-default on fe01, then fe02
                    switch fe01
                      *  assign     Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint <thumbprint> -Confirm:$false
                         read-back  Get-CsCertificate
                    gate before fe02
                      fe01  services  Get-CsWindowsService
                    switch fe02
                      *  assign     Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint <thumbprint> -Confirm:$false
                         read-back  Get-CsCertificate

                * changes the server; <name> becomes known on the way; the words before a call are step ids
                2 new certificates; 2 hosts switched in 1 pool

                """)
    }

    @Test func `a plan without work says so`() {
        let plan = Plan(
            command: "renew", pools: [PoolPlan(pool: Sample.pool(), orders: [Sample.planned("fe01", .none)])],
            created: at(0))
        #expect(
            PlanText(clock: clock, style: plain).text(plan).hasSuffix(
                "fe01: nothing to do\n    assigned until 2026-12-22\n\nnothing to do\n"))
    }

    @Test func `a blocked pool and a host that was not reached are told with their hints`() {
        var pool = PoolPlan(pool: Sample.pool())
        pool.blocked = Fault("pool.member-missing", .guarded, "fe02 could not be surveyed", hint: "mend it")
        pool.unreachable = ["fe02": Fault("ssh.refused", .unreachable, host: "fe02", "connection refused")]
        let text = PlanText(clock: clock, style: plain).text(Plan(command: "renew", pools: [pool], created: at(0)))
        #expect(
            text.contains(
                """
                  nothing can be done here
                    fe02 could not be surveyed [pool.member-missing]
                      hint: mend it
                  fe02: connection refused [ssh.refused]
                """))
        #expect(text.hasSuffix("\nnothing will be done: 1 pool held back, 1 host could not be looked at\n"))
    }

    @Test func `of a server that nobody could look at nothing is claimed`() {
        let pool = PoolPlan(pool: Sample.pool(), orders: [Sample.planned("fe01", .unknown)])
        let text = PlanText(clock: clock, style: plain).text(Plan(command: "renew", pools: [pool], created: at(0)))
        #expect(text.contains("fe-lyon/fe-default on fe01: not known: its servers could not be looked at\n"))
    }

    @Test func `the JSON holds version, orders, steps and calls`() throws {
        let value = PlanJSON.value(Sample.plan())
        #expect(value["version"] == .int(1))
        let pool = try #require(value["pools"]?.items?.first)
        #expect(pool["orders"]?.items?.first?["names"]?.items?.first?["origin"]?.text == "pool FQDN")
        let member = try #require(pool["passes"]?.items?.first?["members"]?.items?.last)
        #expect(member["host"]?.text == "fe02")
        #expect(member["gate"]?.items?.first?["host"]?.text == "fe01")
        #expect(member["steps"]?.items?.first?["step"]?.text == "assign")
        #expect(member["steps"]?.items?.first?["call"]?.text?.hasPrefix("Set-CsCertificate -Type Default,") == true)
        let text = JSONText.text(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value)
    }
}
