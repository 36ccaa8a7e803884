import Foundation
import TestSupport
import Testing

/// The web pages of AD CS, from the command line to the exit code.
struct WebEnrollmentTests {
    private func fault(_ lab: LabProject, _ words: String...) async throws {
        let result = try await lab.certfleet(["lab", "fault", lab.path, "web"] + words)
        #expect(result.code == 0, "\(result)")
    }

    private func requests(_ lab: LabProject) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(lab.path)/ca/web/web/requests")
            .filter { $0.hasSuffix(".json") }
    }

    @Test func `a request that waits rests the run, is shown by its number, and is taken up when it was approved`()
        async throws
    {
        try await LabProject.up("web") { lab in
            let before = try lab.usages("edge01")
            try await fault(lab, "approval")
            try await fault(lab, "french")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            let list = try await lab.run("pending", "list")
            #expect(list.output.contains("40: waits since "), "\(list)")
            #expect(try await lab.run("pending", "collect").code == 3)
            #expect(try requests(lab) == ["40.json"])
            let signed = try await lab.certfleet(["lab", "sign", lab.path])
            #expect(signed.code == 0 && signed.errors.contains("request 40 issued"), "\(signed)")
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.usages("edge01")["AccessEdgeExternal"] != before["AccessEdgeExternal"])
            #expect(try requests(lab) == ["40.json"] && (try lab.issued("web").count) == 1)
            #expect(try await lab.run("pending", "list").output == "")
        }
    }

    @Test func `a denial and a changed answer end with 1 and their own words, and change nothing`() async throws {
        try await LabProject.up("web") { lab in
            let before = try lab.usages("edge01")
            for (kind, words) in [
                ("template-unsupported", "web: the CA denied the request (0x80094800): the CA does not offer template"),
                ("other-key", "is not what was ordered: key differs from the request"),
                ("drops-names", "is not what was ordered: name "),
                ("channel-binding", "web: the CA's pages refuse LAB\\certfleet after a complete NTLM exchange"),
            ] {
                try await fault(lab, kind)
                let renew = try await lab.run("renew", "--yes")
                #expect(renew.code == 1, "\(kind): \(renew)")
                #expect((renew.output + renew.errors).contains(words), "\(kind): \(renew)")
                #expect(try lab.usages("edge01") == before)
                try await fault(lab, "--clear")
                let run = try #require(renew.errors.firstMatch(of: #/run (\S+):/#)?.1)
                #expect(try await lab.run("runs", "abort", String(run)).code == 0)
            }
            let password = try lab.folder.read("lab/keys/web.password")
            for (path, data) in try lab.tree().files where !path.hasSuffix("keys/web.password") {
                #expect(data.firstRange(of: Data(password.utf8)) == nil, "\(path) holds the password")
            }
        }
    }

    @Test func `a line cut after the form orders nothing twice, until somebody has looked and says so`() async throws {
        try await LabProject.up("web") { lab in
            try await fault(lab, "cut-after-post")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 1, "\(renew)")
            #expect(renew.errors.contains("web: the CA may have issued a certificate for "), "\(renew)")
            try await fault(lab, "--clear")
            let resumed = try await lab.run("runs", "resume")
            #expect(resumed.code == 1, "\(resumed)")
            #expect(try requests(lab) == ["40.json"])
            let list = try await lab.run("pending", "list")
            let id = try #require(list.output.firstMatch(of: #/([0-9a-f]{24}): outcome unknown since /#)?.1)
            #expect(try await lab.run("pending", "cancel", String(id)).code == 0)
            let again = try await lab.run("runs", "resume")
            #expect(again.code == 0, "\(again)")
            #expect(try requests(lab).count == 2)
        }
    }
}
