import FleetFiles
import FleetModel
import Testing

/// What the loader makes of a file that is in order.
@Suite struct ProcedureFileTests {
    private let text = """
        procedure: sample
        title: of ${host.name}
        kind: certificate
        types: [front-end]
        versions: ["2013", se]
        sharing: [host]
        restarts:
          Default: ["*"]
        prepare:
          - id: look
            title: looked at
            when: not roots-missing
            call: Get-StoreCertificate
            with: { Store: My, Thumbprint: "${thumbprint?}" }
            select: [Thumbprint, RawData]
            capture: { certificate: RawData }
            expect: { Thumbprint: { one-of: [A, B] }, ".": { at-least: 2 } }
            until: { every: 5s, limit: 2m }
        switch:
          - id: stop
            title: stop ${item}
            when: restarts-some
            forEach: services
            scope: member
            drains: true
            call: Stop-CsWindowsService
            with: { Name: "${item}", Confirm: { switch: false } }
            verify: { call: Get-CsWindowsService, select: [Status], expect: { Status: { equals: Stopped } } }
            undo: { call: Start-CsWindowsService, with: { Name: "${item}" } }
          - id: check
            title: check
            action: check-certificate
            with: { certificate: { bytes: "${certificate}" }, request: { bytes: "${certificate}" } }
        """

    @Test func `everything that is written is read`() throws {
        let procedure = try ProcedureFile.parse(text: text, file: "own/sample.yaml", signatures: builtInSignatures())
        #expect(procedure.kind == .certificate)
        #expect(procedure.versions == [.v2013, .se])
        #expect(procedure.restarts == [UsageRestart(usage: "Default", services: ["*"])])
        let look = try #require(procedure.prepare.first)
        #expect(look.condition == Condition(fact: "roots-missing", negated: true))
        #expect(look.captures == [Capture(name: "certificate", property: "RawData")])
        #expect(look.expectations.map(\.matcher) == [.oneOf(["A", "B"]), .atLeast(2)])
        #expect(look.until == Poll(every: .seconds(5), limit: .seconds(120)))
        #expect(!look.changes && look.scope == .run && look.on == .all)
        #expect(look.place == SourcePlace(file: "own/sample.yaml", line: 10, column: 5))
        let stop = try #require(procedure.switching.first)
        #expect(stop.changes && stop.drains && stop.scope == .member)
        #expect(stop.forEach == "services")
        guard case .call(let call) = stop.operation else { return #expect(Bool(false)) }
        #expect(call.parameters.map(\.type) == [.string, .switch])
        #expect(call.parameters.map(\.content) == [.text("${item}"), .text("false")])
        #expect(stop.undo?.cmdlet == "Start-CsWindowsService")
        #expect(procedure.switching.last?.changes == false)
    }

    @Test func `ordering a certificate is a change and needs no proof of its own`() throws {
        let text = sample(
            """
              - id: look
                title: t
                call: Get-StoreCertificate
                select: [RawData]
                capture: { request: RawData }
              - id: sign
                title: t
                action: sign-request
                with: { request: { bytes: "${request}" } }
                capture: { thumbprint: thumbprint }
            """)
        let procedure = try ProcedureFile.parse(text: text, file: "sample.yaml", signatures: builtInSignatures())
        #expect(procedure.prepare.map(\.changes) == [false, true])
    }

    @Test func `all mistakes of a file are told at once, in its order`() throws {
        let broken =
            text
            .replacingFirst("kind: certificate", "kind: certifcate").replacingFirst("Store: My", "Stroe: My")
        #expect(
            try mistakes(broken) == [
                "3:7 `kind` cannot be `certifcate`", "14:13 Get-StoreCertificate has no parameter -Stroe",
            ])
        let other =
            text
            .replacingFirst("Store: My", "Stroe: My").replacingFirst("limit: 2m", "limit: 2")
            .replacingFirst("equals: Stopped", "equal: Stopped").replacingFirst("drains: true", "drain: true")
        #expect(
            try mistakes(other) == [
                "14:13 Get-StoreCertificate has no parameter -Stroe", "18:32 `limit` must be a duration, not `2`",
                "25:5 unknown key `drain` in `step`", "28:81 unknown key `equal` in `Status`",
            ])
    }
}

extension String {
    /// With the first occurrence of a text replaced; the tests' texts have exactly one.
    func replacingFirst(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(in: range, with: new)
    }

    private func replacingCharacters(in range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
