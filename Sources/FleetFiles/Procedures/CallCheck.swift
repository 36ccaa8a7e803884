import CmdletSignatures
import FleetModel

/// Holds every call of a procedure against the signatures of every product version that the procedure names.
struct CallCheck {
    var procedure: Procedure
    var signatures: SignatureTable
    var reading: ProcedureReading

    func check() {
        for usage in reading.usagePlaces { check(usage.value, usage.place) }
        for step in procedure.prepare + procedure.switching + procedure.finally {
            if case .call(let call) = step.operation { check(call) }
            if let verify = step.verify { check(verify.call) }
            if let clear = step.clear { check(clear) }
            if let late = step.late { check(late) }
            if let undo = step.undo { check(undo) }
            if let forced = step.forced { check(forced) }
        }
    }

    /// The products' names, each once.
    private var products: [String] {
        var found: [String] = []
        for type in procedure.types {
            for version in procedure.versions where !found.contains(version.product(for: type)) {
                found.append(version.product(for: type))
            }
        }
        return found
    }

    /// A mistyped usage would leave its services with the old certificate, or a step undone.
    private func check(_ usage: String, _ place: SourcePlace) {
        let known = products.flatMap { signatures.usages(in: $0) }
        guard !known.isEmpty, !known.contains(usage) else { return }
        reading.reader.report(
            place, "\(Quoting.quote(usage)) is no usage of \(products.joined(separator: ", "))",
            hint: Suggestion.closest(to: usage, among: known).map { "did you mean `\($0)`?" })
    }

    private func check(_ call: CallTemplate) {
        guard !call.cmdlet.isEmpty else { return }
        var told: [CallMistake] = []
        for product in products {
            for shape in shapes(call) {
                for mistake in signatures.mistakes(in: shape, product: product) {
                    // One message for what is wrong in several versions.
                    guard !told.contains(where: { $0.id == mistake.id && $0.parameter == mistake.parameter }) else {
                        continue
                    }
                    told.append(mistake)
                    let hint =
                        mistake.hint ?? mistake.candidates.flatMap { Suggestion.hint(for: $0.word, among: $0.known) }
                    reading.reader.report(place(of: mistake, in: call), mistake.message, hint: hint)
                }
            }
        }
    }

    /// The name's place for an unknown parameter, the value's for a wrong value, the cmdlet's for the call as a whole.
    private func place(of mistake: CallMistake, in call: CallTemplate) -> SourcePlace {
        guard let parameter = call.parameters.first(where: { $0.name == mistake.parameter }) else { return call.place }
        let aboutName = mistake.id == .parameterNotFound || mistake.id == .parameterAlreadyBound
        return aboutName ? reading.namePlaces[parameter.place] ?? parameter.place : parameter.place
    }

    /// The call with all its parameters, and without those that may be left out.
    private func shapes(_ call: CallTemplate) -> [CallShape] {
        let certain = call.parameters.filter { !isOptional($0) }
        let all = [call.parameters] + (certain.count < call.parameters.count ? [certain] : [])
        return all.map { CallShape(cmdlet: call.cmdlet, arguments: $0.map(argument)) }
    }

    private func isOptional(_ parameter: ParameterTemplate) -> Bool {
        guard case .text(let text) = parameter.content else { return false }
        return ReferenceText(text).whole?.optional ?? false
    }

    private func argument(_ parameter: ParameterTemplate) -> Argument {
        let literal: Argument.Literal =
            switch parameter.content {
            case .text(let text): text.contains("${") ? .unknown : .text(text)
            case .list(let texts): .list(texts.filter { !$0.contains("${") })
            }
        return Argument(name: parameter.name, type: parameter.type, literal: literal)
    }
}
