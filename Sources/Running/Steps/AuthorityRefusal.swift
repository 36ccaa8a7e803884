import FleetModel

/// What an enterprise authority says to a server that asks it by itself, in the words of the fault list.
///
/// The product wraps it: the code is that of an exception, or stands in its text, which is in the server's language.
struct AuthorityRefusal {
    private let authority: String
    private let configuration: String
    private let template: String?

    /// `nil` for steps of other kinds of authorities.
    init?(_ planned: PlannedStep) {
        guard let configuration = planned.bindings["authority.ca"]?.text else { return nil }
        self.configuration = configuration
        authority = planned.bindings["authority.name"]?.text ?? configuration
        template = planned.bindings["authority.template"]?.text
    }

    /// `nil` when the errors are none of an authority's.
    func fault(_ errors: [CallError]) -> Fault? {
        let details = errors.map { [$0.id, $0.hresult, $0.message].compactMap { $0 }.joined(separator: " ") }
        for error in errors {
            for code in Self.codes(in: error) {
                if let fault = fault(code, error: error, details: details) { return fault }
            }
        }
        return nil
    }

    private func fault(_ code: UInt32, error: CallError, details: [String]) -> Fault? {
        let number = FailureCode.text(code)
        switch code {
        case 0x8007_06BA, 0x8007_0005:
            return Fault(
                "authority.no-network-logon", .failed,
                "\(authority): \(configuration) could not be asked from the server (\(number)): \(error.message)",
                hint:
                    "was it a sign-in by key? It cannot authenticate to other machines: sign in by password, give the "
                    + "authority user and password, or use an authority of kind certsrv, drop-folder or command",
                details: details)
        case _ where FailureCode.isDenial(code) || code == 0x8009_2013:
            let sentence = FailureCode.sentence(code, template: template) ?? error.message
            return Fault(
                "authority.denied", .failed, "\(authority): the CA denied the request (\(number)): \(sentence)",
                hint: "when that is mended: certfleet runs abort, then the same command again", details: details)
        default: return nil
        }
    }

    /// The innermost exception's code, then those in the text (`0x80094800`).
    static func codes(in error: CallError) -> [UInt32] {
        var texts = [error.hresult].compactMap { $0 }
        var rest = error.message[...]
        while let found = rest.firstRange(of: "0x") {
            rest = rest[found.upperBound...]
            texts.append("0x" + rest.prefix(while: \.isHexDigit))
        }
        return texts.compactMap { UInt32($0.dropFirst(2), radix: 16) }
    }
}
