import Foundation
import TestSupport
import Testing

/// An authority that answers by mail: requests out, the run rests, answers in, the run goes on.
struct DropFolderTests {
    @Test func `three members with keys of their own: three requests, one rest, answers in three forms, one collect`()
        async throws
    {
        try await LabProject.up("drop-host") { lab in
            let hosts = ["edge01", "edge02", "edge03"]
            let before = try hosts.map(lab.usages)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            #expect(renew.errors.contains(" pending collect"))
            #expect(try hosts.map(lab.usages) == before)

            let requests = try lab.outbox()
            #expect(requests.count == 3)
            var keys: Set<String> = []
            for request in requests {
                let read = try await lab.tool(
                    "openssl", "req", "-in", request, "-noout", "-verify", "-pubkey", "-subject")
                #expect(read.code == 0, "\(read)")
                #expect(read.output.contains("CN = edgepool.dmz.example.com"), "\(read)")
                keys.insert(read.output)
            }
            #expect(keys.count == 3)

            let pending = try await lab.run("pending", "list")
            #expect(pending.code == 0)
            for request in requests {
                #expect(pending.output.contains(URL(fileURLWithPath: request).lastPathComponent), "\(pending)")
            }

            // Nothing has come yet: the run rests on.
            let early = try await lab.run("pending", "collect")
            #expect(early.code == 3, "\(early)")
            #expect(try hosts.map(lab.usages) == before)

            for (request, form) in zip(requests, ["der", "pem", "pkcs7"]) {
                let name = URL(fileURLWithPath: request).lastPathComponent
                let signed = try await lab.certfleet(["lab", "sign", lab.path, "--format", form, "--only", name])
                #expect(signed.code == 0, "\(signed)")
            }
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.outbox() == [])
            let after = try hosts.map(lab.usages)
            #expect(Set(after.compactMap { $0["Internal"] }).count == 3)
            #expect(zip(before, after).allSatisfy { $0["Internal"] != $1["Internal"] })
            #expect(try lab.issued("public").count == 3)
            #expect(try lab.tree().paths.filter { $0.contains("/Request/") || $0.contains("/private/") } == [])

            #expect(try await lab.report().run.state == "finished")
            let again = try await lab.run("pending", "collect")
            #expect(again.code == 0)
            let list = try await lab.run("pending", "list")
            #expect(list.output == "")
        }
    }

    @Test func `a shared order rests alone, and the pool's other order is switched meanwhile`() async throws {
        try await LabProject.up("drop-shared") { lab in
            let hosts = ["edge01", "edge02"]
            let before = try hosts.map(lab.usages)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            #expect(try lab.outbox().count == 1)
            let resting = try hosts.map(lab.usages)
            for (former, now) in zip(before, resting) {
                #expect(former["Internal"] != now["Internal"])
                #expect(former["AccessEdgeExternal"] == now["AccessEdgeExternal"])
            }
            #expect(
                try await lab.report().run.timeline.filter { $0.text.contains("waits for an answer to request") }
                    .count == 1)

            let signed = try await lab.certfleet(["lab", "sign", lab.path, "--format", "pkcs7"])
            #expect(signed.code == 0)
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.outbox() == [])
            let after = try hosts.map(lab.usages)
            let shared = Set(after.compactMap { $0["AccessEdgeExternal"] })
            #expect(shared.count == 1)
            #expect(zip(before, after).allSatisfy { $0["AccessEdgeExternal"] != $1["AccessEdgeExternal"] })
            #expect(zip(resting, after).allSatisfy { $0["Internal"] == $1["Internal"] })
            let thumbprint = try #require(shared.first)
            let keys = try hosts.map { try lab.folder.read("lab/hosts/\($0)/My/\(thumbprint).key") }
            #expect(Set(keys).count == 1)
            #expect(try lab.issued("public").count == 1)
            #expect(try lab.issued("corp").count == 2)
        }
    }

    @Test
    func
        `an answer for another key is named and waited on, one whose names were changed is refused, a right one taken`()
        async throws
    {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Inventories.path("drop-host"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.contains("edge02") && !$0.contains("edge03") }.joined(separator: "\n")
            .replacing("sharing: host }", with: "sharing: host, names: { add: [added.example.com] } }")
        try folder.write(text, to: "fleet.yml")
        try await LabProject.up(file: folder["fleet.yml"]) { lab in
            let before = try lab.usages("edge01")
            #expect(try await lab.run("renew", "--yes").code == 3)
            let request = try #require(try lab.outbox().first)
            let inbox = "\(lab.path)/drop/public/inbox"
            try lab.folder.write(
                "subjectAltName=DNS:elsewhere.example.com\nextendedKeyUsage=serverAuth\n", to: "changed.ext")
            func sign(_ request: String, _ more: String...) async throws {
                let signed = try await BuiltProgram.run(
                    "openssl",
                    [
                        "x509", "-req", "-in", request, "-CA", "\(lab.path)/ca/public/issuing.pem", "-CAkey",
                        "\(lab.path)/ca/public/issuing.key", "-set_serial", "77", "-days", "30", "-out",
                        "\(inbox)/answer.pem",
                    ] + more, environment: lab.environment)
                #expect(signed.code == 0, "\(signed)")
            }

            let other = lab.folder["other.csr"]
            let made = try await lab.tool(
                "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", lab.folder["other.key"], "-subj",
                "/CN=edgepool.dmz.example.com", "-out", other)
            #expect(made.code == 0, "\(made)")
            try await sign(other)
            let waits = try await lab.run("pending", "collect")
            #expect(waits.code == 3, "\(waits)")
            #expect(waits.errors.contains("is for edgepool.dmz.example.com but has another key"), "\(waits)")

            try await sign(request, "-extfile", lab.folder["changed.ext"])
            let refused = try await lab.run("pending", "collect")
            #expect(refused.code == 1, "\(refused)")
            #expect(refused.errors.contains("name added.example.com is missing"), "\(refused)")
            #expect(try lab.usages("edge01") == before)

            try FileManager.default.removeItem(atPath: "\(inbox)/answer.pem")
            #expect(try await lab.certfleet(["lab", "sign", lab.path]).code == 0)
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.usages("edge01") != before)
        }
    }

    @Test func `the second example goes the same way`() async throws {
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../inventory/drop-folder.yml").standardizedFileURL.path
        try await LabProject.up(file: example) { lab in
            #expect(try await lab.run("renew", "--yes").code == 3)
            #expect(try lab.outbox().count == 1)
            #expect(try await lab.certfleet(["lab", "sign", lab.path]).code == 0)
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.outbox() == [])
        }
    }
}

extension LabProject {
    /// The requests in the outbox of the authority `public`, absolute.
    func outbox() throws -> [String] {
        let text = try folder.read("lab/inventory/fleet.yml")
        let line = try #require(text.firstMatch(of: #/outbox: "?([^\s"]+)/#))
        let outbox = "\(path)/\(line.output.1)"
        return try FileManager.default.contentsOfDirectory(atPath: outbox).sorted().map { "\(outbox)/\($0)" }
    }
}
