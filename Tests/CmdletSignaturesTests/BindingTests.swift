import CmdletSignatures
import FleetModel
import Testing

@Suite struct BindingTests {
    let table: SignatureTable

    init() throws { table = try vendorTable() }

    @Test func `all seventy tried calls are at hand`() {
        #expect(TriedCall.all.count == 70)
        #expect(TriedCall.all.count { $0.error != nil } == 13)
        #expect(TriedCall.all.count { $0.bindsWrongly } == 2)
    }

    @Test(arguments: TriedCall.all)
    func `a tried call binds or fails as it did in PowerShell`(call: TriedCall) {
        for product in call.products {
            let outcome = table.binding(cmdlet: call.cmdlet, values: call.values, product: product)
            switch outcome {
            case .success: #expect(call.error == nil && !call.bindsWrongly, "\(product): bound")
            case .failure(let mistake) where call.bindsWrongly:
                #expect([.commaInEnumeration, .secureStringToText].contains(mistake.id), "\(product): \(mistake.id)")
            case .failure(let mistake): #expect(mistake.id.rawValue == call.error, "\(product): \(mistake)")
            }
        }
    }

    @Test(arguments: TriedCall.all)
    func `the loader refuses what PowerShell refuses and lets the rest pass`(call: TriedCall) {
        for product in call.products {
            let mistakes = table.mistakes(in: CallShape(cmdlet: call.cmdlet, values: call.values), product: product)
            #expect(mistakes.isEmpty == (call.error == nil && !call.bindsWrongly), "\(product): \(mistakes)")
        }
    }

    @Test(arguments: [
        ("Request-CsCertificate", ["New", "Type"], "ByNew"),
        ("Set-CsCertificate", ["Thumbprint", "Type"], "Thumbprint"),
        ("Import-CsCertificate", ["Path"], "Local"), ("Stop-CsWindowsService", ["Graceful"], "__AllParameterSets"),
    ])
    func `the parameter set in force is named`(cmdlet: String, names: [String], set: String) throws {
        let types: [String: ValueType] = ["New": .switch, "Graceful": .switch, "Type": .list]
        let call = CallShape(cmdlet: cmdlet, arguments: names.map { Argument(name: $0, type: types[$0] ?? .string) })
        #expect(try table.binding(of: call, product: "Lync Server 2013").get().parameterSet == set)
    }

    @Test func `aliases, letter case and common parameters bind to the parameter's own name`() throws {
        let call = CallShape(
            cmdlet: "set-cscertificate",
            arguments: [
                Argument(name: "thumbprint", type: .string), Argument(name: "EffectiveTime", type: .date),
                Argument(name: "cf", type: .switch),
                Argument(name: "ErrorAction", type: .string, literal: .text("Stop")),
            ])
        let binding = try table.binding(of: call, product: "Lync Server 2013").get()
        #expect(binding.names["EffectiveTime"] == "EffectiveDate")
        #expect(binding.names["cf"] == "Confirm")
        #expect(binding.names["thumbprint"] == "Thumbprint")
    }

    @Test func `the same parameter by name and alias is refused`() {
        let call = CallShape(
            cmdlet: "Set-CsCertificate",
            arguments: [
                Argument(name: "Thumbprint", type: .string), Argument(name: "Confirm", type: .switch),
                Argument(name: "cf", type: .switch),
            ])
        #expect(mistake(call)?.id == .parameterAlreadyBound)
    }

    @Test func `Confirm is no common parameter`() {
        let call = CallShape(
            cmdlet: "Invoke-CsManagementStoreReplication", arguments: [Argument(name: "Confirm", type: .switch)])
        #expect(mistake(call)?.id == .parameterNotFound)
    }

    @Test func `PowerShell makes a number of a text where the loader wants a number`() {
        let call = CallShape(
            cmdlet: "Request-CsCertificate",
            values: [("List", .switch(true)), ("RequestId", .string("42"))])
        #expect(mistake(call) == nil)
        #expect(table.mistakes(in: call, product: "Lync Server 2013").map(\.id) == [.transformation])
    }

    @Test func `a call without what would choose its set is ambiguous`() {
        #expect(mistake(CallShape(cmdlet: "Request-CsCertificate", arguments: []))?.id == .ambiguousSet)
    }

    @Test func `the Call Router is no service of Exchange 2010`() {
        let call = CallShape(
            cmdlet: "Enable-ExchangeCertificate",
            values: [("Thumbprint", .string("A")), ("Services", .list(["UM", "UMCallRouter"]))])
        #expect(mistake(call, "Exchange Server 2013") == nil)
        #expect(mistake(call, "Exchange Server 2010")?.id == .transformation)
    }

    private func mistake(_ call: CallShape, _ product: String = "Lync Server 2013") -> CallMistake? {
        if case .failure(let mistake) = table.binding(of: call, product: product) { mistake } else { nil }
    }
}
