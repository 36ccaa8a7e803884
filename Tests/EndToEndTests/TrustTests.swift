import Foundation
import TestSupport
import Testing

/// Certificates where they do not belong, too many roots, keys that nobody can read: found, named, mended.
struct TrustTests {
    private struct Shown: Decodable {
        struct Finding: Decodable {
            var host: String
            var code: String
            var text: String
            var repair: String
        }
        struct Pool: Decodable { var trust: [Finding] }
        var pools: [Pool]
    }

    private func codes(_ lab: LabProject) async throws -> [String] {
        let result = try await lab.run("status", "--json")
        return try JSONDecoder().decode(Shown.self, from: Data(result.output.utf8)).pools.flatMap(\.trust)
            .map { "\($0.host) \($0.code)" }
    }

    /// Puts a certificate of another file into a store, under its own thumbprint.
    private func put(_ file: String, into store: String, _ lab: LabProject) async throws -> String {
        let read = try await lab.tool("openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha1")
        let thumbprint = try #require(read.output.split(separator: "=").last)
            .trimmingCharacters(in: .newlines).replacing(":", with: "")
        let place = "\(lab.path)/hosts/fe01/\(store)/\(thumbprint).cer"
        let written = try await lab.tool("openssl", "x509", "-in", file, "-outform", "DER", "-out", place)
        #expect(written.code == 0, "\(written)")
        return thumbprint
    }

    /// A self-signed authority of its own.
    private func authority(_ name: String, _ number: Int, _ lab: LabProject) async throws -> String {
        let file = lab.folder["\(number).pem"]
        let made = try await lab.tool(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            lab.folder["key.pem"], "-out", file, "-subj", "/CN=\(name)", "-days", "30")
        #expect(made.code == 0, "\(made)")
        return file
    }

    @Test func `an intermediate among the roots is named, moved only with a yes by name, and looked for afterwards`()
        async throws
    {
        try await LabProject.up("two") { lab in
            let issuing = lab.folder["issuing.pem"]
            // The authority's own certificate, from its folder in the lab.
            let inventory = try lab.folder.read("lab/inventory/fleet.yml")
            let path = try #require(inventory.firstMatch(of: #/certificate: (\S+?)[,\s]/#)?.1)
            let source = path.hasPrefix("/") ? String(path) : "\(lab.path)/\(path)"
            let copied = try await lab.tool("openssl", "x509", "-in", source, "-out", issuing)
            #expect(copied.code == 0, "\(copied)")
            let thumbprint = try await put(issuing, into: "Root", lab)
            #expect(try await codes(lab).contains("fe01 trust.not-self-signed-in-root"))

            let plan = try await lab.run("plan", "fe-lyon")
            #expect(plan.output.contains("[trust.not-self-signed-in-root]"), "\(plan)")
            #expect(plan.output.contains("repair: moved to the intermediates with --accept trust-repair"), "\(plan)")
            #expect(!plan.output.contains("Move-MisplacedRoot"))
            let agreed = try await lab.run("plan", "fe-lyon", "--accept", "trust-repair")
            #expect(agreed.output.contains("Move-MisplacedRoot -Thumbprint \(thumbprint)"), "\(agreed)")

            let rollout = try await lab.run("rollout", "fe-lyon", "--accept", "trust-repair", "--yes")
            #expect(rollout.code == 0, "\(rollout)")
            let stores = "\(lab.path)/hosts/fe01"
            #expect(!FileManager.default.fileExists(atPath: "\(stores)/Root/\(thumbprint).cer"))
            #expect(FileManager.default.fileExists(atPath: "\(stores)/CA/\(thumbprint).cer"))
            #expect(try await !codes(lab).contains { $0.contains("not-self-signed") })
            let report = try await lab.run("report")
            #expect(report.output.contains("trust.not-self-signed-in-root: "), "\(report)")
        }
    }

    @Test
    func `doubles, too many roots, a key that is gone and one that cannot be read are named, and the due are renewed`()
        async throws
    {
        try await LabProject.up("two") { lab in
            #expect(try await lab.run("rollout", "fe-lyon", "--yes").code == 0)
            for number in 1...2 {
                _ = try await put(authority("Example Twin", number, lab), into: "Root", lab)
            }
            let usages = try lab.usages("fe01")
            let thumbprint = try #require(usages["Default"])
            try lab.folder.write(
                #"{"friendlyName":"x","exportable":false,"keyProblem":"Invalid provider type specified."}"#,
                to: "lab/hosts/fe01/My/\(thumbprint).json")
            let other = try #require(try lab.usages("fe02")["Default"])
            try FileManager.default.removeItem(atPath: "\(lab.path)/hosts/fe02/My/\(other).key")
            var found = try await codes(lab)
            #expect(found.contains("fe01 trust.duplicate-root"), "\(found)")
            #expect(found.contains("fe01 trust.key-provider"), "\(found)")
            #expect(found.contains("fe02 trust.no-private-key"), "\(found)")

            let file = try FileManager.default.contentsOfDirectory(atPath: "\(lab.path)/hosts/fe01/Root")
                .first { $0.hasSuffix(".cer") }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(lab.path)/hosts/fe01/Root/\(file ?? "")"))
            for number in 0..<100 {
                let name = "00000000000000000000000000000000000" + String(10_000 + number)
                try bytes.write(to: URL(fileURLWithPath: "\(lab.path)/hosts/fe01/Root/\(name).cer"))
            }
            found = try await codes(lab)
            #expect(found.contains("fe01 trust.too-many-roots"), "\(found)")

            // The two whose keys are of no use are due for it; the new keys are well.
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            for host in ["fe01", "fe02"] { #expect(try lab.usages(host)["Default"] != usages["Default"]) }
            found = try await codes(lab)
            #expect(!found.contains { $0.contains("key") }, "\(found)")
        }
    }
}
