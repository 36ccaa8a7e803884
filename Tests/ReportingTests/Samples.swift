import FleetModel
import Foundation

@testable import Reporting

/// 2026-11-21 12:03:04 UTC, and moments after it.
func at(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_262_584 + seconds) }

let clock = DisplayClock(zone: .gmt)
let plain = TextStyle(coloured: false)
let place = SourcePlace(file: "p.yaml", line: 1, column: 1)
let oldPrint = "00AA11BB22CC33DD44EE55FF66AA77BB88CC99DD"
let newPrint = "FF99EE88DD77CC66BB55AA44FF33EE22DD11CC00"

/// A pool of Front Ends with one order per host, and what a run did with it.
enum Sample {
    static func order(_ host: String) -> CertificateOrder {
        CertificateOrder(
            id: "fe-lyon/fe-default", pool: "fe-lyon", hosts: [host], usages: ["Default", "WebServicesInternal"],
            subject: Subject(commonName: "lyon.corp.example.com"),
            names: [
                OrderedName("lyon.corp.example.com", origin: "pool FQDN"),
                OrderedName("\(host).corp.example.com", origin: "host FQDN"),
            ],
            dropped: [DroppedName("sip.example.com", why: "inventory: names.drop")],
            ekus: [ExtendedKeyUsage.serverAuthentication], key: KeySpecification(), authority: "corp", sharing: .host,
            copiesExportable: false)
    }

    static func planned(_ host: String, _ need: PlannedOrder.Need = .issue) -> PlannedOrder {
        PlannedOrder(
            order: order(host), need: need,
            reasons: need == .none ? [] : [DueReason(.expiring, "31 days left of 730, less than 60d")],
            former: [host: ["Default": oldPrint, "WebServicesInternal": oldPrint]], notAfter: at(31 * 86_400),
            losses: need == .none ? [] : ["eku-lost"],
            notes: need == .none ? [] : ["to be done afterwards: restart RTCSRV on the Front Ends of fe-paris"])
    }

    static func key(_ host: String, _ part: StepKey.Part, _ step: String) -> StepKey {
        StepKey(host: host, subject: part == .prepare ? "fe-lyon/fe-default" : "fe-lyon", part: part, step: step)
    }

    static func step(
        _ host: String, _ part: StepKey.Part, _ id: String, _ cmdlet: String, _ values: [(String, ValueType, String)],
        changes: Bool = true
    ) -> PlannedStep {
        let parameters = values.map {
            ParameterTemplate(name: $0.0, type: $0.1, content: .text($0.2), place: place)
        }
        return PlannedStep(
            key: key(host, part, id),
            step: Step(
                id: id, title: "\(id) done",
                operation: .call(CallTemplate(cmdlet: cmdlet, parameters: parameters, select: [], place: place)),
                changes: changes, place: place),
            bindings: ["usages": .list(["Default", "WebServicesInternal"])], scope: "fe-lyon/fe-default@\(host)")
    }

    static func pool() -> Pool {
        var pool = Pool(name: "fe-lyon", site: "lyon", type: .frontEnd, version: .v2019, place: place)
        pool.hosts = ["fe01", "fe02"].map {
            Host(
                name: $0, fqdn: "\($0).corp.example.com", address: "127.0.0.1", ssh: SSHSettings(user: "admin"),
                place: place)
        }
        return pool
    }

    static func plan() -> Plan {
        func prepare(_ host: String) -> PrepareWork {
            PrepareWork(
                order: order(host),
                birth: HostSteps(
                    host: host,
                    steps: [
                        step(host, .prepare, "folder", "New-PrivateFolder", [("Name", .string, "${name}")]),
                        step(
                            host, .prepare, "import", "Import-It",
                            [("Password", .secure, "${password}"), ("Certificate", .bytes, "${certificate}")]),
                    ]))
        }
        func member(_ host: String) -> HostSteps {
            HostSteps(
                host: host,
                steps: [
                    step(
                        host, .switching, "assign", "Set-CsCertificate",
                        [
                            ("Type", .list, "${usages}"), ("Thumbprint", .string, "${thumbprint}"),
                            ("Confirm", .switch, "false"),
                        ]),
                    step(host, .switching, "read-back", "Get-CsCertificate", [], changes: false),
                ])
        }
        let pool = PoolPlan(
            pool: pool(), orders: [planned("fe01"), planned("fe02")], prepare: [prepare("fe01"), prepare("fe02")],
            passes: [SwitchPass(orders: ["fe-lyon/fe-default"], members: [member("fe01"), member("fe02")])],
            gates: ["fe02": [step("fe01", .gate, "services", "Get-CsWindowsService", [], changes: false)]])
        return Plan(command: "rollout fe-lyon", pools: [pool], created: at(0))
    }

    static let fault = Fault(
        "step.not-verified", .failed, host: "fe02", "Default still shows the former certificate",
        hint: "look at the event log, then: certfleet runs resume", details: ["RTCSRV: Stopped"])

    static let assign = "Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint \(newPrint) -Confirm:$false"

    /// fe01 goes well, fe02 fails after the assignment.
    static func events() -> [RunEvent] {
        let pool = "fe-lyon"
        let id = "fe-lyon/fe-default"
        var kinds: [RunEvent.Kind] = [.runBegan(command: "rollout fe-lyon", resumed: false)]
        for host in ["fe01", "fe02"] {
            kinds += [.agentBegan(host: host, reason: "survey"), .surveyed(host: host)]
        }
        for host in ["fe01", "fe02"] { kinds.append(.planned(PlannedOrderSummary(planned(host)))) }
        for host in ["fe01", "fe02"] {
            kinds += [
                .stepBegan(
                    key(host, .prepare, "request"), title: "key and request made on the server", number: 3, of: 9),
                .intent(key(host, .prepare, "request"), call: "Request-CsCertificate -New", names: [:]),
                .outcome(key(host, .prepare, "request"), StepOutcome(.done, milliseconds: 1234)),
                .issued(order: id, hosts: [host], thumbprint: newPrint, serial: "0A1B"),
                .prepared(order: id, host: host),
            ]
        }
        for host in ["fe01", "fe02"] {
            kinds += [
                .gate(pool: pool, host: host, open: true, findings: []),
                .switchBegan(pool: pool, host: host, orders: [id]),
                .stepBegan(key(host, .switching, "assign"), title: "assigned", number: 1, of: 2),
                .intent(key(host, .switching, "assign"), call: assign, names: [:]),
            ]
            if host == "fe01" {
                kinds += [
                    .outcome(key(host, .switching, "assign"), StepOutcome(.done, milliseconds: 38)),
                    .verified(order: id, host: host, evidence: ["Get-CsCertificate Default", "TLS fe01:5061"]),
                    .switchEnded(pool: pool, host: host, orders: [id], fault: nil),
                ]
            } else {
                kinds += [
                    .outcome(key(host, .switching, "assign"), StepOutcome(.failed, fault: fault, milliseconds: 61_500)),
                    .switchEnded(pool: pool, host: host, orders: [id], fault: fault),
                    .poolStopped(pool: pool, fault),
                ]
            }
        }
        kinds += [.note(host: nil, text: "fe-paris was left alone"), .runEnded(.stopped, exitCode: .failed)]
        return kinds.enumerated().map { RunEvent(time: at(Double($0.offset)), kind: $0.element) }
    }

    static func record() -> RunRecord {
        RunRecord(
            id: "20261121-1203-a7f3", command: "rollout fe-lyon", inventory: "inventory/fleet.yml", state: .stopped,
            began: at(0), ended: at(133), exitCode: .failed, hosts: ["fe01", "fe02"])
    }

    static func report() -> RunReport { RunReport(record(), events: events()) }

    static func certificate(_ thumbprint: String, until: Date) -> StoreCertificate {
        StoreCertificate(
            thumbprint: thumbprint, subject: "CN=lyon.corp.example.com", issuer: "CN=Corp", serialNumber: "0A",
            notBefore: at(-1000), notAfter: until, dnsNames: [], ekus: [], hasPrivateKey: true)
    }

    static func status() -> StatusReport {
        var plan = PoolPlan(pool: pool(), orders: [planned("fe01"), planned("fe02", .none)])
        plan.pool.hosts.append(
            Host(
                name: "fe03", fqdn: "fe03.corp.example.com", address: "127.0.0.1", ssh: SSHSettings(user: "admin"),
                place: place))
        plan.orders.append(planned("fe03"))
        plan.unreachable["fe03"] = Fault("ssh.refused", .unreachable, "connection refused", hint: "is sshd running?")
        let facts = [("fe01", 31.5), ("fe02", 700)].map { host, days in
            (
                host,
                HostFacts(
                    host: host, my: [certificate(oldPrint, until: at(days * 86_400))],
                    assigned: ["Default": oldPrint, "WebServicesInternal": oldPrint])
            )
        }
        return StatusReport(pools: [plan], facts: Dictionary(uniqueKeysWithValues: facts), now: at(0))
    }
}
