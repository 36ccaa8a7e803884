import AgentProtocol
import FleetModel
import Testing

@testable import Lab

struct BindingTests {
    @Test func `calls that the product does not bind fail with the binder's own id`() async throws {
        let lync = try LabBench(.frontEnd, .v2013)
        let skype = try LabBench(.frontEnd, .v2019)
        func id(_ bench: LabBench, _ command: String, _ parameters: [(String, TypedValue)] = []) async -> String? {
            let done = await bench.call(command, parameters)
            #expect(!done.ok && done.ran)
            return done.errorID?.split(separator: ",").first.map(String.init)
        }
        #expect(
            await id(skype, "SkypeForBusiness\\Get-CsCertificate", [("Nonsense", .string("x"))])
                == "NamedParameterNotFound")
        #expect(await id(skype, "SkypeForBusiness\\Get-CsPoolUpgradeReadinessState") == "CommandNotFoundException")
        #expect(await id(lync, "SkypeForBusiness\\Get-CsCertificate") == "CommandNotFoundException")
        #expect(
            await id(skype, "SkypeForBusiness\\Get-CsUpgradeDomainInfo", [("PoolFqdn", .string("p"))])
                == "NamedParameterNotFound")
        #expect(
            await id(
                skype, "SkypeForBusiness\\Set-CsCertificate",
                [("Type", .list(["Nothing"])), ("Thumbprint", .string("AA"))]) == "ParameterArgumentTransformationError"
        )
        #expect(await id(skype, "Certfleet\\Test-Chain") == "MissingMandatoryParameter")
        #expect(
            await id(skype, "SkypeForBusiness\\Get-CsCertificate", [("Type", .string("Default,WebServicesInternal"))])
                == "CommaInEnumeration")
    }

    @Test func `a module's cmdlets are found without an import, a snap-in's are not`() async throws {
        #expect(await (try LabBench(.frontEnd, .v2013)).call("Lync\\Get-CsCertificate").ok)
        let exchange = try LabBench(.exchangeUM, .v2010)
        let snapin = "Microsoft.Exchange.Management.PowerShell.E2010"
        let command = snapin + "\\Get-ExchangeCertificate"
        #expect(await exchange.call(command).errorID == "CommandNotFoundException")
        #expect(await exchange.call("Microsoft.PowerShell.Core\\Add-PSSnapin", [("Name", .list([snapin]))]).ok)
        #expect(await exchange.call(command, snapins: [snapin.lowercased()]).ok)
    }

    @Test func `another product's module is not there`() async throws {
        let lync = try LabBench(.frontEnd, .v2013)
        let wrong = await lync.call("Microsoft.PowerShell.Core\\Import-Module", [("Name", .list(["SkypeForBusiness"]))])
        #expect(wrong.errorID == "Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand")
        #expect(await lync.call("Microsoft.PowerShell.Core\\Import-Module", [("Name", .list(["Lync"]))]).ok)
    }

    @Test func `a cmdlet that the lab does not play says so`() async throws {
        let done = await (try LabBench(.frontEnd)).call("SkypeForBusiness\\Get-CsTopology")
        #expect(done.errorID == "NotPlayed,Get-CsTopology")
    }
}
