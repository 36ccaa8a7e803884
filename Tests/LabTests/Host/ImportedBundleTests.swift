import AgentProtocol
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

struct ImportedBundleTests {
    @Test func `a PFX file brings its key, and a wrong password is told by its number`() async throws {
        let bench = try LabBench(.edge)
        let certificate = TestAuthority.certificate("av.example.com")
        let bundle = try PFX(
            certificate: certificate, key: TestAuthority.serverKey, intermediates: [TestAuthority.issuing.certificate]
        ).write(password: Secret(text: "Right1"), form: .tripleDES)
        try bench.state.privateFolders.make("f")
        try bench.state.privateFolders.write(Data(bundle.revealed), folder: "f", file: "av.pfx")
        func importFile(_ password: String) async -> Done {
            await bench.call(
                "SkypeForBusiness\\Import-CsCertificate",
                [
                    ("Path", .string(#"C:\ProgramData\certfleet\f\av.pfx"#)), ("Password", .string(password)),
                    ("PrivateKeyExportable", .bool(true)),
                ])
        }
        #expect(await importFile("Wrong1").hresult == "0x80070056")
        #expect(try bench.state.store(.my).entries().isEmpty)
        #expect(await importFile("Right1").ok)
        let entry = try #require(try bench.state.store(.my).entry(certificate.thumbprint))
        #expect(entry.exportable && entry.key != nil)
    }

    @Test func `a place outside our folders does not exist for a request`() async throws {
        let bench = try LabBench(.edge)
        let done = await bench.call(
            "SkypeForBusiness\\Request-CsCertificate",
            [("New", .switch(true)), ("Type", .list(["Internal"])), ("Output", .string(#"C:\Temp\request.txt"#))])
        #expect(done.hresult == "0x80070003")
        #expect(try bench.state.store(.request).entries().isEmpty)
    }
}
