import Foundation
import TestSupport
import Testing

/// The products' versions, each with its own module, signatures and way of asking a pool.
struct VersionTests {
    /// A pool of two Front Ends of a version, as a file.
    private func inventory(_ version: String) throws -> (folder: TemporaryFolder, path: String) {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Inventories.path("two"), encoding: .utf8)
        try folder.write(text.replacing(#"version: "2019""#, with: "version: \"\(version)\""), to: "fleet.yml")
        return (folder, folder["fleet.yml"])
    }

    @Test(arguments: [
        ("2013", "Lync", "Get-CsPoolUpgradeReadinessState"),
        ("2015", "SkypeForBusiness", "Get-CsPoolUpgradeReadinessState"),
        ("2019", "SkypeForBusiness", "Get-CsUpgradeDomainInfo"), ("se", "SkypeForBusiness", "Get-CsUpgradeDomainInfo"),
    ])
    func `each version runs from end to end with its own module and cmdlets, and lacks the others'`(
        _ version: String, module: String, gate: String
    ) async throws {
        let other =
            gate == "Get-CsUpgradeDomainInfo" ? "Get-CsPoolUpgradeReadinessState" : "Get-CsUpgradeDomainInfo"
        let source = try inventory(version)
        try await LabProject.up(file: source.path, transcripts: true) { lab in
            let before = try ["fe01", "fe02"].map(lab.usages)
            let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(rollout.code == 0, "\(rollout)")
            #expect(zip(before, try ["fe01", "fe02"].map(lab.usages)).allSatisfy { $0 != $1 })
            let names = try FileManager.default.contentsOfDirectory(atPath: lab.folder["transcripts"])
            let sent = try names.map { try lab.folder.read("transcripts/\($0)") }.joined()
            #expect(
                sent.contains("\(module)\\\\Request-CsCertificate") || sent.contains("\(module)\\Request-CsCertificate")
            )
            let wrong = module == "Lync" ? "SkypeForBusiness" : "Lync"
            #expect(!sent.contains("\(wrong)\\\\Request-CsCertificate"))
            #expect(sent.contains(gate) && !sent.contains(other))

            // What the version lacks is refused when the procedure is loaded, before any server is contacted.
            let agents = try lab.agents("fe01").count
            try lab.folder.write(
                """
                procedure: gate-own
                title: Of another version
                kind: gate
                types: [front-end]
                versions: ["\(version)"]
                prepare:
                  - id: other
                    title: a cmdlet of another version
                    call: \(other)
                    expect: { ".": { at-least: 0 } }

                """, to: "lab/templates/procedures/gate-own.yaml")
            let plan = try await lab.run("plan")
            #expect(plan.code == 65, "\(plan)")
            #expect(plan.errors.contains("gate-own.yaml:9:"), "\(plan)")
            #expect(plan.errors.contains(other), "\(plan)")
            #expect(try lab.agents("fe01").count == agents)
        }
    }

    @Test func `Lync Server 2010 is refused with a sentence, and nothing is contacted`() async throws {
        let source = try inventory("2010")
        let lint = try await BuiltProgram.run(
            BuiltProgram.path, ["-i", source.path, "inventory", "lint"],
            environment: BuiltProgram.environment(home: source.folder.path), folder: source.folder.path)
        #expect(lint.code == 65, "\(lint)")
        #expect(lint.errors.contains("Lync Server 2010 is not supported"), "\(lint)")
        #expect(lint.errors.contains("fleet.yml:"), "\(lint)")
    }
}
