import FleetModel
import Foundation
import Testing

@Suite struct CallTextTests {
    let place = SourcePlace(file: "p.yaml", line: 1, column: 1)

    func parameter(_ name: String, _ type: ValueType, _ text: String) -> ParameterTemplate {
        ParameterTemplate(name: name, type: type, content: .text(text), place: place)
    }

    func text(_ parameters: [ParameterTemplate], _ bindings: [String: BoundValue] = [:]) -> String {
        CallText.text(
            of: CallTemplate(cmdlet: "Do-It", parameters: parameters, select: [], place: place), bindings: bindings)
    }

    @Test func `a list is joined with commas, what is unknown stays a name, a false switch is written out`() {
        let assign = CallTemplate(
            cmdlet: "Set-CsCertificate",
            parameters: [
                parameter("Type", .list, "${usages}"), parameter("Thumbprint", .string, "${thumbprint}"),
                parameter("Confirm", .switch, "false"),
            ], select: [], place: place)
        let bindings: [String: BoundValue] = ["usages": .list(["Default", "WebServicesInternal"])]
        #expect(
            CallText.text(of: assign, bindings: bindings)
                == "Set-CsCertificate -Type Default,WebServicesInternal -Thumbprint <thumbprint> -Confirm:$false")
    }

    @Test func `switches, booleans and texts with spaces look as they would be typed`() {
        #expect(text([parameter("New", .switch, "true")]) == "Do-It -New")
        #expect(text([parameter("New", .switch, "${x}")], ["x": .flag(true)]) == "Do-It -New")
        #expect(text([parameter("Export", .bool, "true")]) == "Do-It -Export $true")
        #expect(text([parameter("Name", .string, "it's ${a}")], ["a": .text("b c")]) == "Do-It -Name 'it''s b c'")
        #expect(text([parameter("Names", .string, "${n}")], ["n": .list(["a", "b"])]) == "Do-It -Names 'a,b'")
        #expect(text([parameter("Name", .string, "")]) == "Do-It -Name ''")
        #expect(text([parameter("Path", .string, "${folder}\\request.txt")]) == "Do-It -Path <folder>\\request.txt")
        #expect(text([parameter("Type", .list, "A B")]) == "Do-It -Type 'A B'")
    }

    @Test func `secrets are dots and bytes are counted`() {
        let bindings: [String: BoundValue] = ["p": .secret(Secret(text: "hunter2")), "b": .bytes(Data([1, 2, 3]))]
        #expect(text([parameter("Password", .secure, "${p}")], bindings) == "Do-It -Password ••••••")
        #expect(text([parameter("Password", .secretText, "hunter2")], bindings) == "Do-It -Password ••••••")
        #expect(text([parameter("Password", .string, "a${p}")], bindings) == "Do-It -Password a••••••")
        #expect(
            text([parameter("Data", .bytes, "${b}"), parameter("More", .bytes, "${c}")], bindings)
                == "Do-It -Data <3 bytes> -More <c>")
    }

    @Test func `a captured value goes before the plan's, a local action shows its inputs`() {
        let step = Step(
            id: "sign", title: "signed",
            operation: .action(
                .signRequest,
                inputs: [parameter("request", .bytes, "${request}"), parameter("for", .string, "${item}")]),
            changes: true, place: place)
        let planned = PlannedStep(
            key: StepKey(host: "fe01", subject: "p/o", part: .prepare, step: "sign", item: "one"), step: step,
            bindings: [:], scope: "p/o@fe01")
        #expect(CallText.text(of: planned) == "sign-request request=<request> for=one")
        #expect(
            CallText.text(of: planned, captured: ["request": .bytes(Data(count: 812))])
                == "sign-request request=<812 bytes> for=one")
    }
}
