import ChildProcess
import Foundation

/// What is wrong with a lab after a run that was killed and resumed; empty when everything is as if nothing had happened.
struct Findings {
    let lab: CrashLab
    private var found: [String] = []

    static func of(_ lab: CrashLab) async throws -> [String] {
        var findings = Findings(lab: lab)
        try findings.certificates()
        try findings.keys()
        try findings.leftovers()
        try findings.calls()
        try await findings.nothingDue()
        return findings.found
    }

    private init(lab: CrashLab) { self.lab = lab }

    /// One certificate per order, assigned to every usage and shown on the ports, with all services running.
    private mutating func certificates() throws {
        var issued: [Data] = []
        for authority in try lab.names("ca") {
            for name in try lab.names("ca/\(authority)/issued") {
                if name.hasPrefix(".") { found.append("half written: ca/\(authority)/issued/\(name)") }
                guard name.hasSuffix(".cer") else { continue }
                issued.append(try lab.data("ca/\(authority)/issued/\(name)"))
            }
        }
        let wanted = lab.plan.certificates
        if issued.count != wanted { found.append("\(issued.count) certificates were issued, not \(wanted)") }
        for host in lab.plan.hosts {
            let usages = try lab.map("hosts/\(host)/usages.json")
            let served = try lab.map("hosts/\(host)/served.json")
            for usage in lab.plan.orders.flatMap(\.usages) {
                let thumbprint = usages[usage] ?? "nothing"
                let certificate = try? lab.data("hosts/\(host)/My/\(thumbprint).cer")
                if !issued.contains(where: { $0 == certificate }) {
                    found.append("\(host): \(thumbprint) is assigned to \(usage), which is none of this run's")
                }
                if served[usage] != thumbprint { found.append("\(host): \(usage) still shows another certificate") }
            }
            for (service, state) in try lab.map("hosts/\(host)/services.json") where state != "Running" {
                found.append("\(host): \(service) is \(state)")
            }
        }
    }

    /// A host's own key is on no other host; a shared one is the same on all.
    private mutating func keys() throws {
        for order in lab.plan.orders {
            var keys: [Data] = []
            for host in lab.plan.hosts {
                let thumbprint = try lab.map("hosts/\(host)/usages.json")[order.usages[0]] ?? ""
                keys.append((try? lab.data("hosts/\(host)/My/\(thumbprint).key")) ?? Data())
            }
            if keys.contains(Data()) { found.append("\(order.usages[0]): a certificate without its key") }
            let different = Set(keys).count
            if different != (order.shared ? 1 : keys.count) {
                found.append("\(order.usages[0]): \(different) different keys on \(keys.count) hosts")
            }
        }
    }

    /// No folder, no pending request, no key at the coordinator's.
    private mutating func leftovers() throws {
        for host in lab.plan.hosts {
            for place in ["private", "Request"] {
                let names = try lab.names("hosts/\(host)/\(place)")
                if !names.isEmpty { found.append("\(host): left in \(place): \(names.joined(separator: ", "))") }
            }
        }
        for authority in try lab.names("drop") {
            for name in try lab.names("drop/\(authority)/outbox") { found.append("left in the outbox: \(name)") }
        }
        for name in try lab.names("state") {
            let data = try lab.data("state/\(name)")
            if data.range(of: Data("PRIVATE KEY".utf8)) != nil { found.append("a private key is in state/\(name)") }
        }
    }

    private mutating func calls() throws {
        let log = try CallLog(lab)
        if log.counts.isEmpty { found.append("the lab has no transcripts") }
        for call in log.repeated { found.append("done more than once: \(call)") }
    }

    /// A later command finds everything in order, and changes nothing.
    private mutating func nothingDue() async throws {
        struct Runs: Decodable {
            struct Run: Decodable {
                var id: String
                var state: String
            }
            var runs: [Run]
        }
        let list = try await lab.certfleet("runs", "list", "--json")
        let runs = try JSONDecoder().decode(Runs.self, from: Data(list.output.bytes)).runs
        for run in runs where run.state != "finished" { found.append("run \(run.id) is \(run.state)") }
        if runs.count != 1 { found.append("\(runs.count) runs in the journal") }
        let before = try picture()
        let again = try await Programs.run("certfleet", ["--project", lab.path] + lab.plan.again)
        if !again.ending.isSuccess || !again.errors.text.contains("nothing is due") {
            found.append("the same command again: \(again.said)")
        }
        for (path, data) in try picture() where before[path] != data { found.append("changed once more: \(path)") }
    }

    /// The files that a change would show in.
    private func picture() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for host in lab.plan.hosts {
            for file in ["usages.json", "served.json", "services.json"] {
                files["\(host)/\(file)"] = try lab.data("hosts/\(host)/\(file)")
            }
            for store in ["My", "Root", "CA", "Request"] {
                files["\(host)/\(store)"] = Data(try lab.names("hosts/\(host)/\(store)").joined().utf8)
            }
        }
        for authority in try lab.names("ca") {
            files[authority] = Data(try lab.names("ca/\(authority)/issued").joined().utf8)
        }
        return files
    }
}
