import FleetModel
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct SharedKeyRunTests {
    private let av = "edge-lyon/edge-av"
    private let edges = ["edge01", "edge02", "edge03"]

    private func keys(_ scenario: Scenario) async -> [String?] {
        var keys: [String?] = []
        for host in edges {
            let server = scenario.server(host)
            let assigned = await server.assigned["AudioVideoAuthentication"]
            keys.append(await server.my.first { $0.minted.thumbprint == assigned }?.minted.key)
        }
        return keys
    }

    @Test func `the key is born once, copied after its birth, and assigned when all hold it`() async throws {
        let scenario = try await Scenario(due: [av])
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.finished, .done))
        #expect(await keys(scenario) == ["edge01-key1", "edge01-key1", "edge01-key1"])
        #expect(await scenario.issuer.issued == [av: 1])
        let calls = scenario.fleet.calls
        let export = try #require(calls.firstIndex(of: "edge01 export"))
        let copies = ["edge02 import-copy", "edge03 import-copy"].compactMap(calls.firstIndex)
        #expect(copies.count == 2 && copies.allSatisfy { $0 > export })
        let proofs = edges.compactMap { calls.firstIndex(of: "\($0) proof") }
        let assigned = try #require(calls.firstIndex { $0.hasSuffix(" assign") })
        #expect(proofs.count == 3 && proofs.allSatisfy { $0 < assigned })
        #expect(await scenario.server("edge01").my.last?.exportable == true)
        #expect(await scenario.server("edge02").my.last?.exportable == false)
        #expect(await scenario.server("edge02").serving["AudioVideoAuthentication"] == "NEW1-\(av.uppercased())")
    }

    @Test func `neither bundle nor password is in any event`() async throws {
        let scenario = try await Scenario(due: [av])
        _ = try await scenario.run("edge-lyon", orders: [av])
        let password = try #require(await scenario.server("edge01").passwords.first)
        #expect(password.count == 32)
        let text = String(decoding: try JSONEncoder().encode(scenario.sink.events), as: UTF8.self)
        #expect(text.contains("import-copy"))
        #expect(!text.contains(password))
        for secret in ["pfx|", "pfx|NEW1-\(av.uppercased())|\(password)"] {
            #expect(!text.contains(Data(secret.utf8).base64EncodedString().prefix(5)))
        }
        #expect(scenario.sink.intentTexts.contains { $0.hasPrefix("Import-KeyBundle") && $0.contains("••••••") })
    }

    @Test func `a key that is missing somewhere is distributed and not made anew`() async throws {
        let scenario = try await Scenario(due: [])
        await scenario.server("edge03").change { server in
            server.my.removeAll { $0.minted.thumbprint == "OLD-EDGE-LYON/EDGE-AV" }
            server.assigned["AudioVideoAuthentication"] = nil
        }
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.finished, .done))
        #expect(await Set(keys(scenario)) == ["old OLD-EDGE-LYON/EDGE-AV"])
        #expect(await scenario.issuer.issued.isEmpty)
        #expect(scenario.sink.switches == ["+edge03", "-edge03"])
    }

    @Test func `a member that is down stops the switch, not the distribution`() async throws {
        let scenario = try await Scenario(due: [av])
        await scenario.server("edge03").change { $0.isDown = true }
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.stopped, .guarded))
        #expect(scenario.sink.switches.isEmpty)
        #expect(await scenario.server("edge02").my.last?.minted.key == "edge01-key1")
        await scenario.server("edge03").change { $0.isDown = false }
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.finished, .done))
        #expect(await Set(keys(scenario)) == ["edge01-key1"])
        #expect(await scenario.issuer.issued == [av: 1])
        #expect(await scenario.server("edge02").count("import-copy") == 1)
    }

    @Test func `a copy that fails stops the switch of all`() async throws {
        let scenario = try await Scenario(due: [av])
        await scenario.server("edge02").fail(.error, at: "import-copy")
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.stopped, .guarded))
        #expect(scenario.sink.switches.isEmpty)
        #expect(try await scenario.run("edge-lyon", orders: [av]) == (.finished, .done))
        #expect(await scenario.server("edge03").count("import-copy") == 1)
        #expect(await Set(keys(scenario)) == ["edge01-key1"])
    }

    @Test(arguments: ["edge01", "edge02"], [Trouble.Kind.cutBefore, .cutAfter])
    func `a lost line at any step of the push is gone on from`(host: String, kind: Trouble.Kind) async throws {
        let steps =
            host == "edge01"
            ? ["folder", "request", "answer", "import", "export", "entry", "stop", "assign", "start"]
            : ["import-copy", "import-copy.verify", "entry", "proof", "stop", "assign", "start"]
        for step in steps {
            let scenario = try await Scenario(due: [av])
            await scenario.server(host).fail(kind, at: step)
            #expect(try await scenario.run("edge-lyon", orders: [av]) == (.finished, .done), "\(step)")
            #expect(await Set(keys(scenario)).count == 1, "\(step)")
            #expect(await scenario.issuer.issued == [av: 1], "\(step)")
        }
    }
}
