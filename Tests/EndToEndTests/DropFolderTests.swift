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
            #expect(renew.errors.contains("certfleet pending collect"))
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
