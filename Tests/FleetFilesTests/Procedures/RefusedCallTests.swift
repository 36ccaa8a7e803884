import FleetFiles
import FleetModel
import Testing

/// Calls that do not fit the signatures, each with its place.
@Suite struct RefusedCallTests {
    /// A read, then the lines of its call.
    private func call(_ lines: String..., versions: String = #"["2013"]"#) -> String {
        sample((["  - id: a", "    title: t"] + lines.map { "    " + $0 }).joined(separator: "\n"), versions: versions)
    }

    @Test func `an unknown cmdlet`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertifcate")) == ["10:11 no cmdlet Get-CsCertifcate is known"])
    }

    @Test func `a cmdlet that one of the named versions lacks`() throws {
        #expect(
            try mistakes(call("call: Get-CsPoolUpgradeReadinessState", versions: #"["2013", "2019"]"#)) == [
                "10:11 Get-CsPoolUpgradeReadinessState does not exist in Skype for Business Server 2019"
            ])
    }

    @Test func `an unknown parameter`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Typ: { list: [Default] } }")) == [
                "11:13 Get-CsCertificate has no parameter -Typ"
            ])
    }

    @Test func `what may have been meant is in the hint`() throws {
        let signatures = try builtInSignatures()
        do throws(Diagnostics) {
            _ = try ProcedureFile.parse(
                text: call("call: Get-CsCertifcate"), file: "sample.yaml", signatures: signatures)
            Issue.record("accepted")
        } catch {
            #expect(error.all.map(\.hint) == ["did you mean `Get-CsCertificate`?"])
            #expect(error.all.map(\.place) == [SourcePlace(file: "sample.yaml", line: 10, column: 11)])
        }
    }

    @Test func `a wrong type`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Report: { int: 5 } }")) == [
                "11:21 -Report takes text, not int '5'"
            ])
        #expect(
            try mistakes(call("call: Get-StoreCertificate", "with: { Raw: yes }")) == [
                "11:18 -Raw takes a switch, not string 'yes'"
            ])
    }

    @Test func `a literal that is none of its type`() throws {
        #expect(
            try mistakes(
                call(
                    "call: Get-CsPoolFabricState", "with:", "  PoolFqdn: x", "  QueryTimeout: { int: soon }",
                    "  Force: { switch: on }")) == [
                    "13:28 `QueryTimeout` must be a whole number, not `soon`",
                    "14:24 `Force` must be true or false, not `on`",
                ])
    }

    @Test func `two parameter sets at once`() throws {
        #expect(
            try mistakes(call("call: Get-CsPool", "with: { Identity: a, Filter: b }")) == [
                "10:11 Get-CsPool: no single parameter set fits -Filter, -Identity"
            ])
    }

    @Test func `a missing mandatory parameter, also one that may be left out`() throws {
        #expect(
            try mistakes(call("call: Test-Chain")) == ["10:11 Test-Chain needs -Thumbprint as well (set Default)"])
        #expect(
            try mistakes(call("call: Test-Chain", "with: { Thumbprint: '${thumbprint?}' }")) == [
                "10:11 Test-Chain needs -Thumbprint as well (set Default)"
            ])
    }

    @Test func `a secure string for a text parameter`() throws {
        #expect(
            try mistakes(
                call(
                    "call: Import-CsCertificate", "with:", "  Path: x",
                    "  Password: { secure: '${transfer.password}' }",
                    "verify: { call: Get-StoreCertificate, expect: none }")) == [
                    "13:17 -Password takes its secret as plain text, not as a secure string"
                ])
    }

    @Test func `a plain secret for a secure parameter`() throws {
        #expect(
            try mistakes(
                call(
                    "call: Export-KeyBundle",
                    "with: { Thumbprint: A, Password: { secret-text: '${transfer.password}' } }")) == [
                    "11:38 -Password takes a secure string (secure), not secret-text"
                ])
    }

    @Test func `a secret in a plain text, and one written out`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Report: '${transfer.password}' }")) == [
                "11:21 `${transfer.password}` is a secret and cannot be string"
            ])
        let written = try mistakes(
            call("call: Export-KeyBundle", "with: { Thumbprint: A, Password: { secure: hunter2 } }"))
        #expect(written == ["11:48 `Password` must be a reference to a secret, not a value written out"])
        #expect(!written.joined().contains("hunter2"))
    }

    @Test func `a comma inside an enumeration value`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Type: 'Default,WebServicesInternal' }")) == [
                "11:19 -Type: a comma inside one value of CertType would bind to another value"
            ])
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Type: { list: ['Default,Internal'] } }")).count == 1)
    }

    @Test func `a list of usages in one text`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Type: '${order.usages}' }")) == [
                "11:19 `${order.usages}` is a list and cannot be string"
            ])
    }

    @Test func `a usage that does not exist`() throws {
        #expect(
            try mistakes(call("call: Get-CsCertificate", "with: { Type: { list: [WebExternal] } }")) == [
                "11:19 -Type: CertType has no value 'WebExternal' in Lync Server 2013"
            ])
    }

    @Test(arguments: ["verify", "clear", "undo"])
    func `the calls beside the step's own are checked as well`(key: String) throws {
        let extra = key == "verify" ? ", expect: none" : ""
        let other = key == "verify" ? [] : ["verify: { call: Get-StoreCertificate, expect: none }"]
        let lines = ["call: Remove-StoreCertificate", "with: { Store: My, Thumbprint: A }"] + other
        let text = call((lines + ["\(key): { call: Get-Nothing\(extra) }"]).joined(separator: "\n    "))
        #expect(try mistakes(text) == ["\(12 + other.count):\(15 + key.count) no cmdlet Get-Nothing is known"])
    }
}
