import AgentProtocol
import Certificates
import FleetModel
import FoundationEssentials
import TLSEndpoint
import Testing

@testable import Lab

struct TLSCommandTests {
    @Test func `a host asks its own ports, each that plays the product's port`() async throws {
        let bench = try LabBench(.edge)
        let certificates = ["a.example.com", "b.example.com"].map { TestAuthority.certificate($0) }
        let key = try TestAuthority.serverKey.pem()
        let listeners = try certificates.map {
            try TLSListener(identity: TLSIdentity(certificate: $0.der, key: key, chain: []))
        }
        var identity = bench.host
        identity.ports = [
            PortMapping(usage: "AccessEdgeExternal", standard: 443, port: listeners[0].port),
            PortMapping(usage: "DataEdgeExternal", standard: 443, port: listeners[1].port),
        ]
        func ask(_ port: Int) async -> Done {
            let run = CallRun(
                invocation: .init(
                    id: "s", command: "Certfleet\\Get-TlsCertificate",
                    parameters: [("AnyLocal", .switch(true)), ("Port", .int(Int64(port)))],
                    select: ["Thumbprint"], limit: .seconds(9)),
                state: bench.state, host: identity, signatures: LabBench.signatures, snapins: [], now: Date())
            return await run.perform().done
        }
        let both = await ask(443)
        #expect(Set(both.out.compactMap { $0["Thumbprint"]?.text }) == Set(certificates.map(\.thumbprint)))
        #expect(await ask(listeners[0].port).out.map { $0["Thumbprint"]?.text } == [certificates[0].thumbprint])
        #expect(await ask(5061).errorID == "Certfleet.NoTls")
        withExtendedLifetime(listeners) {}
    }
}
