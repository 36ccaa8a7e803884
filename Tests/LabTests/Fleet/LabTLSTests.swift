import Certificates
import ChildProcess
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

/// The TLS ports of a lab, seen by a client that is not ours.
struct LabTLSTests {
    let scratch: ScratchFolder
    let folder: LabFolder
    let server: LabServer

    init() async throws {
        scratch = try ScratchFolder()
        try await LabFleet.create(in: scratch.path + "/lab", from: SampleFleet.pair())
        folder = try LabFolder(existing: scratch.path + "/lab")
        server = try LabServer.start(folder: folder.path, program: "/bin/true", log: { _ in })
    }

    private func port(_ host: String, _ usage: String, _ standard: Int) throws -> Int {
        let shown = try #require(try LabShow(folder: folder.path).hosts.first { $0.name == host })
        return try #require(shown.tls.first { $0.usage == usage && $0.standard == standard }).port
    }

    /// What is shown on the port, nearest certificate first; checked against the lab's root alone.
    private func shown(on port: Int) async throws -> [Certificate] {
        let result = try await ChildCommand(
            "openssl",
            [
                "s_client", "-connect", "127.0.0.1:\(port)", "-showcerts", "-verify_return_error", "-CAfile",
                folder.root + ".pem",
            ], environment: ["PATH": "/usr/bin:/bin"]
        ).run(limit: .seconds(10))
        guard result.ending.isSuccess else { return [] }
        return try CertificateBundle.read(Data(result.output.bytes))
    }

    @Test func `every port shows its usage's seed with a chain to the lab's root`() async throws {
        for host in try LabShow(folder: folder.path).hosts {
            let usages = try folder.state(host.name).usages()
            for entry in host.tls {
                let chain = try await shown(on: entry.port)
                #expect(chain.count == 2 && chain[0].isSigned(by: chain[1]), "\(host.name) \(entry)")
                #expect(chain.first?.thumbprint == usages[entry.usage])
            }
        }
        await server.stop()
    }

    @Test func `a new assignment is shown after the services have started again, on web ports at once`() async throws {
        let state = folder.state("fe01")
        let signer = try LabAuthorities.signer("corp", in: folder)
        let key = try PrivateKey.generateNow(.p256)
        let new = try signer.issue(
            CertificateContent(
                subject: Subject(commonName: "new.example.com"), dnsNames: ["new.example.com"],
                validity: Validity(days: 2, from: Date())),
            publicKey: key.publicKey)
        try state.store(.my).add(StoreEntry(thumbprint: new.thumbprint, certificate: new.der, key: try key.pem()))
        let old = try #require(try state.usages()["Default"])
        try state.assign(new.thumbprint, to: ["Default", "WebServicesInternal"], type: .frontEnd)
        let sip = try port("fe01", "Default", 5061)
        #expect(try await shown(on: port("fe01", "WebServicesInternal", 443)).first == new)
        #expect(try await shown(on: sip).first?.thumbprint == old)

        let services = Array(try state.services().keys)
        try state.stop(services)
        #expect(try await shown(on: sip).isEmpty)
        try state.start(services, type: .frontEnd)
        #expect(try await shown(on: sip).first == new)
        await server.stop()
    }

    @Test func `a port that has nothing to show closes`() async throws {
        #expect(try await shown(on: port("edge01", "Internal", 5062)).count == 2)
        try folder.state("edge01").stop(["RTCSRV"])
        #expect(try await shown(on: port("edge01", "Internal", 5062)).isEmpty)
        #expect(try await shown(on: port("edge01", "DataEdgeExternal", 443)).count == 2)
        await server.stop()
    }
}
