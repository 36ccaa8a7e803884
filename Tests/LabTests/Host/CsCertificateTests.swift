import AgentProtocol
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

struct CsCertificateTests {
    private let set = "SkypeForBusiness\\Set-CsCertificate"
    private let get = "SkypeForBusiness\\Get-CsCertificate"

    private func request(_ bench: LabBench, _ usages: [String], exportable: Bool = false) async throws
        -> CertificateRequest
    {
        let folder = try #require(
            await bench.call("Certfleet\\New-PrivateFolder", [("Name", .string("f"))]).first?.text)
        let done = await bench.call(
            "SkypeForBusiness\\Request-CsCertificate",
            [
                ("New", .switch(true)), ("Type", .list(usages)), ("Output", .string(folder + "\\request.txt")),
                ("Template", .string("WebServer")), ("FriendlyName", .string("certfleet 1")), ("KeySize", .int(2048)),
                ("PrivateKeyExportable", .bool(exportable)),
                ("DomainName", .string("meet.example.com, SIP.example.com")),
                ("Organization", .string("Example Corp")), ("Country", .string("FR")), ("Confirm", .switch(false)),
            ])
        #expect(done.ok, "\(done.errors)")
        let file = try #require(try bench.state.privateFolders.read(folder: "f", file: "request.txt"))
        #expect(String(decoding: file, as: UTF8.self).hasPrefix("-----BEGIN NEW CERTIFICATE REQUEST-----"))
        return try CertificateRequest(file)
    }

    private func answer(_ bench: LabBench, _ data: Data) async throws {
        try bench.state.privateFolders.make("f")
        try bench.state.privateFolders.write(data, folder: "f", file: "answer.cer")
    }

    @Test func `a Front End's request carries pool, host and added names, and its key waits in Request`() async throws {
        let bench = try LabBench(.frontEnd)
        let request = try await request(bench, ["Default", "WebServicesInternal"])
        #expect(request.commonName == "pool.corp.example.com")
        #expect(
            request.dnsNames == ["pool.corp.example.com", "h1.corp.example.com", "meet.example.com", "SIP.example.com"])
        #expect(request.subject.contains("O=Example Corp") && request.subject.contains("C=FR"))
        #expect(request.ekus == ["1.3.6.1.5.5.7.3.1"])
        let pending = try bench.state.store(.request).entries()
        #expect(pending.count == 1 && pending[0].friendlyName == "certfleet 1" && pending[0].key != nil)
        #expect(try bench.state.store(.my).entries().isEmpty)
    }

    @Test func `an Edge server's external request is named after the access service`() async throws {
        let bench = try LabBench(.edge)
        let request = try await request(bench, ["AccessEdgeExternal", "DataEdgeExternal"])
        #expect(request.commonName == "sip.example.com")
        #expect(request.dnsNames == ["sip.example.com", "meet.example.com"])
    }

    @Test func `an answer meets its request's key, in each form that authorities hand out`() async throws {
        for form in 0..<3 {
            let bench = try LabBench(.edge)
            let request = try await request(bench, ["Internal"], exportable: true)
            let certificate = try TestAuthority.issuing.sign(request, validity: Validity(days: 90, from: Date()))
            let data =
                switch form {
                case 0: certificate.der
                case 1: certificate.pem
                default: try CertificateBundle.pkcs7([TestAuthority.issuing.certificate, certificate])
                }
            try await answer(bench, data)
            let done = await bench.call(
                "SkypeForBusiness\\Import-CsCertificate",
                [("Path", .string(#"C:\ProgramData\certfleet\f\answer.cer"#)), ("Confirm", .switch(false))])
            #expect(done.ok, "\(done.errors)")
            let entry = try #require(try bench.state.store(.my).entry(certificate.thumbprint))
            #expect(entry.key != nil && entry.exportable && entry.friendlyName == "certfleet 1")
            #expect(try bench.state.store(.request).entries().isEmpty)
        }
    }

    @Test func `an answer without its request is refused and leaves nothing`() async throws {
        let bench = try LabBench(.edge)
        try await answer(bench, TestAuthority.certificate("x.example.com").pem)
        let done = await bench.call(
            "SkypeForBusiness\\Import-CsCertificate", [("Path", .string(#"C:\ProgramData\certfleet\f\answer.cer"#))])
        #expect(done.hresult == "0x80092004")
        #expect(try bench.state.store(.my).entries().isEmpty)
    }

    @Test func `a pending request goes by its friendly name`() async throws {
        let bench = try LabBench(.edge)
        _ = try await request(bench, ["Internal"])
        #expect(
            await bench.call(
                "Certfleet\\Remove-PendingRequest", [("FriendlyName", .string("other"))], select: ["Removed"]
            )
            .first?["Removed"] == .int(0))
        #expect(await bench.call("Certfleet\\Remove-PendingRequest", [("FriendlyName", .string("certfleet 1"))]).ok)
        #expect(try bench.state.store(.request).entries().isEmpty)
    }

    @Test func `an assignment wants the key, the chain and a usage of the role`() async throws {
        let bench = try LabBench(.frontEnd)
        func hresult(_ thumbprint: String, _ usage: String = "Default") async -> String? {
            let done = await bench.call(set, [("Type", .list([usage])), ("Thumbprint", .string(thumbprint))])
            return done.hresult
        }
        #expect(await hresult("00FF") == "0x80092004")
        #expect(await hresult(try bench.hold(TestAuthority.certificate("a.example.com"), key: nil)) == "0x8009200b")
        let untrusted = TestAuthority.certificate("b.example.com", by: TestAuthority.stranger)
        #expect(await hresult(try bench.hold(untrusted)) == "0x800b010a")
        let good = try bench.hold(TestAuthority.certificate("c.example.com"))
        #expect(await hresult(good, "Internal") == "0x80070057")
        #expect(try bench.state.usages().isEmpty)
        #expect(await hresult(good) == nil)
        #expect(try bench.state.usages() == ["Default": good])
    }

    @Test func `web usages change at once, the others when the services start again`() async throws {
        let bench = try LabBench(.frontEnd)
        let old = try bench.hold(TestAuthority.certificate("old.example.com"))
        let new = try bench.hold(TestAuthority.certificate("new.example.com"))
        let usages = ["Default", "WebServicesInternal", "WebServicesExternal"]
        try bench.state.assignAndServe(old, to: usages, type: .frontEnd)
        let done = await bench.call(
            set, [("Type", .list(usages)), ("Thumbprint", .string(new)), ("Confirm", .switch(false))])
        #expect(done.ok)
        #expect(try bench.state.served() == ["Default": old, "WebServicesInternal": new, "WebServicesExternal": new])
        let read = await bench.call(get, [("Type", .list(usages))], select: ["Use", "Thumbprint", "NotAfter"])
        #expect(read.out.map { $0["Use"]?.text } == usages)
        #expect(read.out.allSatisfy { $0["Thumbprint"]?.text == new && $0["NotAfter"]?.text != nil })

        _ = await bench.call("SkypeForBusiness\\Stop-CsWindowsService", [("Graceful", .switch(true))])
        let stopped = await bench.call("SkypeForBusiness\\Get-CsWindowsService", select: ["Name", "Status"])
        #expect(stopped.out.count == 8 && stopped.out.allSatisfy { $0["Status"]?.text == "Stopped" })
        _ = await bench.call("SkypeForBusiness\\Start-CsWindowsService")
        #expect(try bench.state.served()["Default"] == new)
    }

    @Test func `a pool tells its readiness in the words of its version`() async throws {
        let old = try LabBench(.frontEnd, .v2015)
        let readiness = "SkypeForBusiness\\Get-CsPoolUpgradeReadinessState"
        #expect(await old.call(readiness, select: ["State"]).first?["State"]?.text == "Ready")
        _ = await old.call("SkypeForBusiness\\Stop-CsWindowsService", [("Name", .string("rtcsrv"))])
        #expect(await old.call(readiness, select: ["State"]).first?["State"]?.text == "InsufficientActiveFrontEnds")
        let new = try LabBench(.frontEnd, .v2019)
        #expect(await new.call("SkypeForBusiness\\Get-CsUpgradeDomainInfo").ok)
        let fabric = await new.call(
            "SkypeForBusiness\\Get-CsPoolFabricState", [("PoolFqdn", .string("pool.corp.example.com"))],
            select: ["RoutingGroup", "Primary", "Secondaries"])
        #expect(fabric.out.count == 2)
        #expect(fabric.first?["Primary"]?.text == "h1.corp.example.com")
        #expect(fabric.first?["Secondaries"]?.texts == ["h2.corp.example.com"])
    }
}
