import FleetModel
import Testing

@testable import Running

/// What an enterprise authority says through the product's exceptions.
struct AuthorityRefusalTests {
    private func refusal(_ error: CallError, online: Bool = true) -> Fault? {
        let place = SourcePlace(file: "p.yaml", line: 1, column: 1)
        let call = CallTemplate(cmdlet: "Request-CsCertificate", parameters: [], select: [], place: place)
        let step = Step(id: "request", title: "request", operation: .call(call), changes: true, place: place)
        let bindings: [String: BoundValue] =
            online
            ? [
                "authority.ca": .text(#"ca01\Issuing"#), "authority.name": .text("corp"),
                "authority.template": .text("Web2"),
            ] : [:]
        let planned = PlannedStep(
            key: StepKey(host: "fe01", subject: "fe/fe", part: .prepare, step: "request"), step: step,
            bindings: bindings, scope: "fe/fe")
        return AuthorityRefusal(planned)?.fault([error])
    }

    @Test(arguments: [
        ("Refusé par le module de stratégie  0x80094800, …", "the CA does not offer template Web2"),
        ("Denied by Policy Module 0x80094012 (x CERTSRV_E_TEMPLATE_DENIED)", "no Enroll right on template Web2"),
        ("0x80094011", "may not request certificates from this CA"),
        ("0x80094014", "a CA manager denied the request"),
        ("0x80092013", "the CA cannot reach a revocation list"),
    ])
    func `a denial is told by its code, in whatever language its text is`(text: String, words: String) {
        let fault = refusal(CallError(message: text, hresult: "0x80131500"))
        #expect(fault?.code == "authority.denied" && fault?.kind == .failed)
        #expect(fault?.message.hasPrefix("corp: the CA denied the request (0x") == true)
        #expect(fault?.message.contains(words) == true)
    }

    @Test(arguments: ["0x800706BA", "0x80070005"])
    func `the second hop is named with the ways round`(code: String) {
        for error in [
            CallError(message: "x", hresult: code), CallError(message: "Serveur RPC non disponible. \(code)"),
        ] {
            let fault = refusal(error)
            #expect(fault?.code == "authority.no-network-logon")
            #expect(fault?.message.contains(#"ca01\Issuing could not be asked"#) == true)
            #expect(fault?.hint?.contains("sign in by password") == true)
        }
    }

    @Test func `other errors and other authorities' steps are left alone`() {
        #expect(refusal(CallError(message: "no space", hresult: "0x80070070")) == nil)
        #expect(refusal(CallError(message: "0xZZ 0x")) == nil)
        #expect(refusal(CallError(message: "0x80094800"), online: false) == nil)
    }
}
