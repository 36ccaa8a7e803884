import AgentProtocol
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

struct ExchangeTests {
    private let snapin = "Microsoft.Exchange.Management.PowerShell.SnapIn\\"

    @Test func `request, import, enable: a certificate serves after the service's restart`() async throws {
        let bench = try LabBench(.exchangeUM, .v2013)
        let old = try bench.hold(TestAuthority.certificate("old.example.com"))
        try bench.state.assignAndServe(old, to: ["UM", "UMCallRouter"], type: .exchangeUM)
        let asked = await bench.exchange(
            snapin + "New-ExchangeCertificate",
            [
                ("GenerateRequest", .switch(true)),
                ("SubjectName", .string("CN=h1.corp.example.com, O=Example\\, Inc, C=FR")),
                ("DomainName", .list(["h1.corp.example.com", "um.example.com"])), ("FriendlyName", .string("n")),
                ("KeySize", .int(2048)), ("PrivateKeyExportable", .bool(false)), ("Confirm", .switch(false)),
            ])
        let request = try CertificateRequest(Data(try #require(asked.first?.text).utf8))
        #expect(request.commonName == "h1.corp.example.com")
        #expect(request.dnsNames == ["h1.corp.example.com", "um.example.com"])
        let waiting = await bench.exchange(snapin + "Get-ExchangeCertificate", select: ["Status"])
        #expect(waiting.out.compactMap { $0["Status"]?.text } == ["Valid", "PendingRequest"])

        let certificate = try TestAuthority.issuing.sign(request, validity: Validity(days: 90, from: Date()))
        let imported = await bench.exchange(
            snapin + "Import-ExchangeCertificate", [("FileData", .bytes(certificate.der))], select: ["Thumbprint"])
        #expect(imported.first?["Thumbprint"]?.text == certificate.thumbprint)

        let enabled = await bench.exchange(
            snapin + "Enable-ExchangeCertificate",
            [("Thumbprint", .string(certificate.thumbprint)), ("Services", .list(["UM", "UMCallRouter"]))])
        #expect(enabled.ok, "\(enabled.errors)")
        let read = await bench.exchange(
            snapin + "Get-ExchangeCertificate", [("Thumbprint", .string(certificate.thumbprint))],
            select: ["Services", "Status"])
        #expect(read.first?["Services"]?.text == "UM, UMCallRouter")
        #expect(read.first?["Status"]?.text == "Valid")
        #expect(try bench.state.served()["UM"] == old)

        let management = "Microsoft.PowerShell.Management\\"
        _ = await bench.call(management + "Stop-Service", [("Name", .list(["MSExchangeUM"]))])
        _ = await bench.call(management + "Start-Service", [("Name", .string("msexchangeum"))])
        #expect(try bench.state.served() == ["UM": certificate.thumbprint, "UMCallRouter": old])
    }

    @Test func `a service in mode TCP is not enabled`() async throws {
        let bench = try LabBench(.exchangeUM, .v2013)
        let thumbprint = try bench.hold(TestAuthority.certificate("h1.corp.example.com"))
        try bench.state.setStartupMode("TCP", of: "UMCallRouter")
        let enable: [(String, TypedValue)] = [
            ("Thumbprint", .string(thumbprint)), ("Services", .string("UM,UMCallRouter")),
        ]
        #expect(await !bench.exchange(snapin + "Enable-ExchangeCertificate", enable).ok)
        #expect(try bench.state.usages().isEmpty)
        let changed = await bench.exchange(
            snapin + "Set-UMCallRouterSettings",
            [("Server", .string("h1.corp.example.com")), ("UMStartupMode", .string("Dual"))])
        #expect(changed.ok, "\(changed.errors)")
        let read = await bench.exchange(snapin + "Get-UMCallRouterSettings", select: ["UMStartupMode"])
        #expect(read.first?["UMStartupMode"]?.text == "Dual")
        #expect(await bench.exchange(snapin + "Enable-ExchangeCertificate", enable).ok)
        #expect(try bench.state.usages().count == 2)
    }

    @Test func `each version has its own cmdlet for the startup mode`() async throws {
        let old = try LabBench(.exchangeUM, .v2010)
        let snapin = "Microsoft.Exchange.Management.PowerShell.E2010\\"
        #expect(
            await old.exchange(snapin + "Get-UMServer", select: ["UMStartupMode"]).first?["UMStartupMode"]?.text
                == "Dual")
        #expect(await old.exchange(snapin + "Get-UMService").errorID == "CommandNotFoundException")
    }

    @Test func `an unknown service of Windows is an error, of the agent's function an absent one`() async throws {
        let bench = try LabBench(.exchangeUM, .v2010)
        let stop = await bench.call("Microsoft.PowerShell.Management\\Stop-Service", [("Name", .string("None"))])
        #expect(stop.errorID?.hasPrefix("NoServiceFoundForGivenName") == true)
        let fact = await bench.call(
            "Certfleet\\Get-ServiceFact", [("Name", .list(["None", "MSExchangeUM"]))], select: ["Name", "State"])
        #expect(fact.out.compactMap { $0["State"]?.text } == ["Absent", "Running"])
    }

    @Test func `a name is read with quotes and escapes`() {
        #expect(DistinguishedNameText.subject("O=\"A, B\",CN=x")?.organization.name == "A, B")
        #expect(DistinguishedNameText.subject("O=A") == nil)
        #expect(DistinguishedNameText.subject("CN=x, DC=y") == nil)
    }
}
