import CmdletSignatures
import FleetModel
import Testing

@Suite struct SignatureTableTests {
    private let own = #"""
        {"cmdlets": [{"name": "Write-Note", "module": "Certfleet", "parameterSets": {"Default": [
            {"name": "Text", "type": "String", "mandatory": true},
            {"name": "Data", "type": "Byte[]", "mandatory": false}]}}]}
        """#

    @Test func `a text that is no signatures file is refused`() {
        #expect(throws: SignatureError.self) { try SignatureTable(texts: ["{"]) }
        #expect(throws: SignatureError.self) { try SignatureTable(texts: [#"{"cmdlets": [{"module": 1}]}"#]) }
    }

    @Test(arguments: ["Lync Server 2013", "Exchange Server 2007", "Skype for Business Server 2019"])
    func `our own functions and those of Windows exist on every server`(product: String) throws {
        let table = try vendorTable(own)
        #expect(table.signature("Write-Note", product: product)?.isOurs == true)
        #expect(table.signature("Stop-Service", product: product)?.isWindows == true)
    }

    @Test func `Subscription Edition has the signatures of 2019`() throws {
        let product = ProductVersion.se.product(for: .frontEnd)
        #expect(try vendorTable().signature("Get-CsUpgradeDomainInfo", product: product) != nil)
        #expect(try vendorTable().signature("Get-CsPoolUpgradeReadinessState", product: product) == nil)
    }

    @Test func `all mistakes of a call are told at once, with what may have been meant`() throws {
        let call = CallShape(
            cmdlet: "Write-Note",
            arguments: [
                Argument(name: "Txet", type: .string), Argument(name: "Data", type: .string, literal: .text("x")),
            ])
        let mistakes = try vendorTable(own).mistakes(in: call, product: "Lync Server 2013")
        #expect(mistakes.map(\.id) == [.transformation, .parameterNotFound, .missingMandatory])
        #expect(mistakes[0].message == "-Data takes bytes, not string 'x'")
        #expect(mistakes[1].candidates == CallMistake.Candidates(word: "Txet", known: ["Data", "Text"]))
        #expect(mistakes[2].message == "Write-Note needs -Text as well (set Default)")
    }

    @Test func `a mistyped cmdlet comes with those of the product`() throws {
        let mistakes = try vendorTable().mistakes(
            in: CallShape(cmdlet: "Get-CsCertifcate", arguments: []), product: "Lync Server 2013")
        let known = try #require(mistakes.first?.candidates?.known)
        #expect(known.contains("Get-CsCertificate") && known.contains("Stop-Service"))
        #expect(!known.contains("Get-ExchangeCertificate") && !known.contains("Get-CsUpgradeDomainInfo"))
    }

    @Test func `a secret's value is never in a message`() throws {
        let call = CallShape(
            cmdlet: "Import-PfxCertificate",
            values: [("FilePath", .string("x")), ("Password", .secretText(Secret(text: "hunter2")))])
        let mistakes = try vendorTable().mistakes(in: call, product: "Lync Server 2013")
        #expect(mistakes.map(\.message) == ["-Password takes a secure string (secure), not secret-text"])
    }

    @Test func `usages are those of the product`() throws {
        let table = try vendorTable()
        #expect(table.usages(in: "Lync Server 2013").contains("OAuthTokenIssuer"))
        #expect(table.usages(in: "Exchange Server 2013").contains("UMCallRouter"))
        #expect(!table.usages(in: "Exchange Server 2010").contains("UMCallRouter"))
    }
}
