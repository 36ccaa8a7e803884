import FleetFiles
import FleetModel
import Testing

/// Steps that do not hang together, each with its place.
@Suite struct RefusedStepTests {
    private func step(_ lines: String..., sharing: String = "host") -> String {
        sample((["  - id: a", "    title: t"] + lines.map { "    " + $0 }).joined(separator: "\n"), sharing: sharing)
    }

    @Test func `a changing step without verify`() throws {
        #expect(
            try mistakes(step("call: Start-CsWindowsService")) == [
                "8:5 `a` changes the server (Start-CsWindowsService) and has no `verify`"
            ])
    }

    @Test func `a verify that changes something or expects nothing`() throws {
        #expect(
            try mistakes(
                step("call: Start-CsWindowsService", "verify: { call: Stop-CsWindowsService, expect: none }")) == [
                    "11:21 `verify` must be a read (Get, Test, Read, Export), not Stop-CsWindowsService"
                ])
        #expect(
            try mistakes(step("call: Start-CsWindowsService", "verify: { call: Get-CsWindowsService }")) == [
                "11:13 `verify` proves nothing without `expect`"
            ])
    }

    @Test func `call and action, or neither`() throws {
        #expect(try mistakes(step("scope: run")) == ["8:5 a step needs `call` or `action`"])
        #expect(
            try mistakes(step("call: Get-HostFact", "action: probe-tls", "with: {}")) == [
                "11:13 a step has either `call` or `action`, not both"
            ])
    }

    @Test func `an unknown action, an unknown input, a missing one, a wrong output`() throws {
        #expect(try mistakes(step("action: probe")) == ["10:13 `action` cannot be `probe`"])
        #expect(
            try mistakes(
                step("action: probe-tls", "with: { thumb: x }", "capture: { port: port }")) == [
                    "8:5 probe-tls yields no `port`", "10:13 probe-tls needs `thumbprint`",
                    "11:13 probe-tls takes no `thumb`",
                ])
    }

    @Test func `a step's name twice, and one that is no name`() throws {
        let text = sample(
            """
              - { id: a, title: t, call: Get-HostFact }
              - { id: a, title: t, call: Get-HostFact }
              - { id: A_b, title: t, call: Get-HostFact }
            """)
        #expect(
            try mistakes(text) == [
                "9:5 duplicate step `a`: it already stands in line 8",
                "10:11 a step's `id` has small letters, digits and hyphens only, not `A_b`",
            ])
    }

    @Test func `an unknown reference, and one that is captured only later`() throws {
        #expect(
            try mistakes(step("call: Get-CsPool", "with: { Identity: '${pool.fdqn}' }")) == [
                "11:23 unknown reference `${pool.fdqn}`"
            ])
        let later = sample(
            """
              - { id: a, title: t, call: Get-CsPool, with: { Identity: "${name}" } }
              - { id: b, title: t, call: Get-HostFact, select: [Fqdn], capture: { name: Fqdn } }
            """)
        #expect(try mistakes(later) == ["8:60 unknown reference `${name}`"])
    }

    @Test(arguments: [
        ("${item}", "unknown reference `${item}`"), ("${host.name", "`${` without `}`"),
        ("${host.name + 1}", "`${host.name + 1}` is no reference: a name such as host.fqdn, no operators"),
        ("x${host.name?}", "`${host.name?}` must be the whole value: it leaves the parameter out"),
        ("x${nonce}", "`${nonce}` is bytes and cannot stand inside a text"),
    ])
    func `a reference that does not stand where it may`(text: String, message: String) throws {
        #expect(try mistakes(step("call: Get-CsPool", "with: { Identity: '\(text)' }")) == ["11:23 \(message)"])
    }

    @Test func `a text where a list is wanted`() throws {
        #expect(
            try mistakes(step("call: Get-CsCertificate", "with: { Type: { list: '${host.name}' } }")) == [
                "11:19 `${host.name}` is a text and cannot be list"
            ])
        #expect(
            try mistakes(step("forEach: host.name", "call: Get-HostFact")) == [
                "8:5 `${host.name}` is a text and cannot be gone through by `forEach`"
            ])
    }

    @Test func `a condition that nobody knows`() throws {
        #expect(try mistakes(step("call: Get-HostFact", "when: not usage-Default")).isEmpty)
        #expect(try mistakes(step("call: Get-HostFact", "when: root-missing")) == ["11:11 unknown fact `root-missing`"])
    }

    @Test func `a usage that the product does not have`() throws {
        #expect(
            try mistakes(step("call: Get-HostFact", "when: usage-UM")) == ["11:11 `UM` is no usage of Lync Server 2013"]
        )
        let text = sample("  - { id: a, title: t, call: Get-HostFact }")
            .replacingFirst("prepare:", "restarts: { Default: ['*', RTCSRV], Defaut: [] }\nprepare:")
        #expect(
            try mistakes(text) == [
                "7:23 `*` is every service and stands alone", "7:37 `Defaut` is no usage of Lync Server 2013",
            ])
    }

    @Test func `names that would steer a terminal are shown harmless`() throws {
        #expect(
            try mistakes(step("call: Get-HostFact", #"with: { "a\e[31m": b }"#)) == [
                #"11:13 `a\u{1b}[31m` is no parameter's name"#
            ])
    }

    @Test func `a file cut off anywhere is read or refused in order`() throws {
        let whole = try #require(builtInProcedures().first { $0.file.hasSuffix("edge-shared.yaml") }).text
        var refused = 0
        for length in stride(from: 0, to: whole.count, by: 211) {
            if try !mistakes(String(whole.prefix(length)), file: "edge-shared.yaml").isEmpty { refused += 1 }
        }
        #expect(refused > 10)
    }

    @Test func `a property that was not selected`() throws {
        #expect(
            try mistakes(
                step("call: Get-HostFact", "select: [Fqdn]", "capture: { os: Os }", "expect: { Fqd: present }")) == [
                    "12:20 the property `Os` is not in `select`", "13:15 the property `Fqd` is not in `select`",
                ])
        #expect(
            try mistakes(step("call: Get-HostFact", "capture: { os: Os }")) == [
                "11:20 the property `Os` needs `select`"
            ])
    }

    @Test func `a matcher that does not exist, and two at once`() throws {
        #expect(
            try mistakes(step("call: Get-HostFact", "select: [Os]", "expect: { Os: absent }")) == [
                "12:19 unknown matcher `absent` for `Os`"
            ])
        #expect(
            try mistakes(
                step("call: Get-HostFact", "select: [Os]", "expect: { Os: { equals: a, contains: b } }")) == [
                    "12:19 `Os` needs one matcher"
                ])
    }

    @Test func `a captured secret that a resumed run would miss`() throws {
        let text = step(
            "call: Get-HostFact", "select: [Os]", "capture: { os: { property: Os, secret: true } }")
        #expect(try mistakes(text) == ["8:5 the secret `os` is kept nowhere: add `scope: session`"])
    }

    @Test func `what belongs to switch, to gates and to shared certificates`() throws {
        #expect(
            try mistakes(step("call: Get-HostFact", "scope: member", "drains: true")) == [
                "8:5 `scope: member` belongs to `switch`", "8:5 `drains` belongs to `switch`",
            ])
        #expect(try mistakes(step("call: Get-HostFact", "on: others")) == ["8:5 `on: others` belongs to a gate"])
        #expect(
            try mistakes(step("call: Get-HostFact", "on: birth")) == [
                "8:5 `on: birth` belongs to a procedure for a shared certificate"
            ])
        #expect(try mistakes(step("call: Get-HostFact", "on: birth", sharing: "pool")).isEmpty)
    }

    @Test func `a survey that changes something or has more than prepare`() throws {
        let text = """
            procedure: sample
            title: t
            kind: survey
            types: [edge]
            versions: ["2013"]
            sharing: [host]
            prepare:
              - id: a
                title: t
                call: Start-CsWindowsService
                verify: { call: Get-CsWindowsService, expect: none }
            switch: []
            """
        #expect(
            try mistakes(text) == [
                "6:10 a survey has no `sharing`", "8:5 a survey only reads; Start-CsWindowsService changes the server",
                "12:9 a survey has no `switch`",
            ])
    }

    @Test func `a head that names nothing, or something unknown`() throws {
        let text = """
            procedure: other
            title: t
            kind: certificate
            types: []
            versions: ["2014", "2013", "2013"]
            prepare: []
            """
        #expect(
            try mistakes(text) == [
                "1:1 `sharing` is missing in `procedure file`", "1:12 `procedure` must be the file's name, `sample`",
                "4:8 `types` is empty", "5:12 `versions` cannot be `2014`",
                "5:28 `2013` stands twice in `versions`",
            ])
    }

    @Test func `a name that is given cannot be captured`() throws {
        #expect(
            try mistakes(step("call: Get-HostFact", "select: [Os]", "capture: { nonce: Os }")) == [
                "12:16 `nonce` is given already and cannot be captured"
            ])
    }
}
