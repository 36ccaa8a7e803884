import Foundation
import TestSupport
import Testing

/// One certificate for the deployment: assigned once, brought to every Front End by the product's own replication.
struct OAuthTests {
    private let hosts = ["fe01", "fe02", "fe11"]

    private func shown(_ lab: LabProject) throws -> [String?] {
        try hosts.map { try lab.usages($0)["OAuthTokenIssuer"] }
    }

    /// The built-in procedure with a person's patience taken out of it.
    private func hurry(_ lab: LabProject) throws {
        let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../templates/procedures/oauth.yaml")
        var text = try String(contentsOf: own, encoding: .utf8)
        text.replace("{ every: 10s, limit: 3m }", with: "{ every: 500ms, limit: 4s }")
        try lab.folder.write(text, to: "lab/templates/procedures/oauth.yaml")
    }

    /// Calls of the run as its report has them.
    private func calls(_ lab: LabProject, _ words: String) async throws -> Int {
        let report = try await lab.run("report", "--format", "json")
        return report.output.components(separatedBy: words).count - 1
    }

    @Test
    func `two pools get one certificate, assigned once and read on every Front End; the second time nothing is due`()
        async throws
    {
        try await LabProject.up("oauth") { lab in
            try hurry(lab)
            let before = try shown(lab)
            #expect(Set(before).count == 1 && before[0] != nil)
            let others = try lab.usages("fe11")["Default"]
            let plan = try await lab.run("plan", "fe-lyon")
            #expect(
                plan.output.contains(
                    "Set-CsCertificate -Identity global -Type OAuthTokenIssuer -Thumbprint <thumbprint>"))
            #expect(plan.output.contains("then read on fe01, fe02, fe11"), "\(plan)")
            #expect(plan.output.contains("-PrivateKeyExportable $true"))
            let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(rollout.code == 0, "\(rollout)")
            let after = try shown(lab)
            #expect(Set(after).count == 1 && after[0] != before[0])
            #expect(try lab.usages("fe11")["Default"] == others)
            #expect(try lab.issued("corp").count == 1)
            let report = try await lab.run("report")
            for host in hosts {
                #expect(
                    report.output.contains("\(host) verified by: Get-CsCertificate shows \(after[0] ?? "?")"),
                    "\(report)")
            }
            let status = try await lab.run("status", "fe-lyon")
            for host in hosts {
                #expect(status.output.contains("\(host)  \((after[0] ?? "?").prefix(8))"), "\(status)")
            }
            let again = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(again.code == 0 && again.errors.contains("nothing is due"), "\(again)")
            #expect(try lab.issued("corp").count == 1)
        }
    }

    @Test
    func `a replica that is late is asked for once, and one that is stuck is named; the run goes on when it is well`()
        async throws
    {
        try await LabProject.up("oauth") { lab in
            try hurry(lab)
            let before = try shown(lab)
            try await lab.fault("fe02", "replica-late")
            try await lab.fault("fe11", "replica-stuck")
            let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(rollout.code == 1, "\(rollout)")
            #expect(
                rollout.errors.contains("fe11: does not show the new certificate of fe-lyon/oauth yet"), "\(rollout)")
            #expect(rollout.errors.contains(" runs resume") && !rollout.errors.contains("fe02: does not show"))
            let after = try shown(lab)
            #expect(after[0] != before[0] && after[1] == after[0] && after[2] == before[0])
            for fqdn in ["fe02", "fe11"] {
                let calls = try await calls(
                    lab, "\"Invoke-CsManagementStoreReplication -ReplicaFqdn \(fqdn).corp.example.com\"")
                #expect(calls == 1, "\(fqdn): \(calls)")
            }
            #expect(try await calls(lab, "Invoke-CsManagementStoreReplication -ReplicaFqdn fe01") == 0)
            let status = try await lab.run("status", "fe-lyon", "--detailed-exitcode")
            #expect(
                status.code == 2 && status.output.contains("fe11 does not show the one that most have"), "\(status)")
            try await lab.clear("fe11")
            let resumed = try await lab.run("runs", "resume")
            #expect(resumed.code == 0, "\(resumed)")
            #expect(try shown(lab) == [after[0], after[0], after[0]])
            #expect(try lab.issued("corp").count == 1)
        }
    }

    @Test func `a sign-in by key cannot write the store, which is said before anything begins`() async throws {
        try await LabProject.up("oauth") { lab in
            try lab.editInventory { $0.replace("network_credentials: true", with: "network_credentials: false") }
            let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(rollout.code == 5, "\(rollout)")
            #expect(
                rollout.errors.contains("fe01 cannot write fe-lyon/oauth into the Central Management store"),
                "\(rollout)")
            #expect(try lab.issued("corp").isEmpty)
        }
    }
}
