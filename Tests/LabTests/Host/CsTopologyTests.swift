import FleetModel
import FoundationEssentials
import Testing

import AgentProtocol
@testable import Lab

/// The Central Management store as a server of the lab reads it.
struct CsTopologyTests {
    private let topology = PublishedTopology(
        sipDomains: ["example.com", "example.net"], meet: ["meet.example.com", "meet.example.net"],
        dialin: "dialin.example.com",
        pools: [
            .init(
                fqdn: "pool.example.com", type: .frontEnd, members: ["fe1.example.com", "fe2.example.com"],
                webExternal: "web.example.com"),
            .init(
                fqdn: "edge.example.org", type: .edge, members: ["e1.example.org"], access: "sip.example.com",
                webConferencing: "webcon.example.com", av: "av.example.com"),
        ])

    private func ask(
        _ cmdlet: String, _ parameters: [(String, TypedValue)] = [], select: [String], bench: LabBench,
        knows: Bool = true
    ) async -> Done {
        var identity = bench.host
        identity.topology = knows ? topology : nil
        let run = CallRun(
            invocation: .init(
                id: "s", command: "SkypeForBusiness\\\(cmdlet)",
                parameters: parameters.map { (name: $0.0, value: $0.1) }, select: select, limit: .seconds(9)),
            state: bench.state, host: identity, signatures: LabBench.signatures, snapins: [], now: Date())
        return await run.perform().done
    }

    @Test func `each documented cmdlet answers from the whole topology`() async throws {
        let bench = try LabBench(.frontEnd)
        let domains = await ask("Get-CsSipDomain", select: ["Identity", "IsDefault"], bench: bench)
        #expect(domains.out.map { $0["Identity"]?.text } == ["example.com", "example.net"])
        #expect(domains.out.map { $0["IsDefault"]?.flag } == [true, false])
        let urls = await ask("Get-CsSimpleUrlConfiguration", select: ["SimpleUrl"], bench: bench)
        #expect(
            urls.first?["SimpleUrl"]?.texts == [
                "Component=Meet;Domain=example.com;ActiveUrl=https://meet.example.com",
                "Component=Meet;Domain=example.net;ActiveUrl=https://meet.example.net",
                "Component=Dialin;Domain=*;ActiveUrl=https://dialin.example.com",
            ])
        let pools = await ask("Get-CsPool", select: ["Fqdn", "Computers"], bench: bench)
        #expect(pools.out.map { $0["Fqdn"]?.text } == ["pool.example.com", "edge.example.org"])
        let members = await ask(
            "Get-CsComputer", [("Pool", .string("POOL.example.com"))], select: ["Fqdn"], bench: bench)
        #expect(members.out.map { $0["Fqdn"]?.text } == ["fe1.example.com", "fe2.example.com"])
        let web = await ask(
            "Get-CsService", [("WebServer", .switch(true))], select: ["PoolFqdn", "InternalFqdn", "ExternalFqdn"],
            bench: bench)
        #expect(web.out.count == 1)
        #expect(web.first?["InternalFqdn"]?.text == "pool.example.com")
        #expect(web.first?["ExternalFqdn"]?.text == "web.example.com")
        let edge = await ask(
            "Get-CsService", [("EdgeServer", .switch(true))], select: ["AVEdgeExternalFqdn"], bench: bench)
        #expect(edge.out.map { $0["AVEdgeExternalFqdn"]?.text } == ["av.example.com"])
    }

    @Test func `a server that does not reach the store says so`() async throws {
        let done = await ask(
            "Get-CsPool", select: ["Fqdn"], bench: try LabBench(.edge), knows: false)
        #expect(!done.ok)
        #expect(done.errors.first?.message == "Cannot connect to the Central Management store.")
    }
}
