package import FleetModel

extension SignatureTable {
    /// Binds a call as PowerShell would on a server of the product, or says which error it would raise first.
    ///
    /// Two calls that PowerShell would bind to something else than was meant are refused with ids of our own.
    package func binding(of call: CallShape, product: String) -> Result<CmdletBinding, CallMistake> {
        let outcome = judge(call, product: product, strict: false)
        return outcome.mistakes.first.map { .failure($0) } ?? outcome.binding
    }

    /// The same for a call whose values are known.
    package func binding(
        cmdlet: String, values: [(name: String, value: TypedValue)], product: String
    ) -> Result<CmdletBinding, CallMistake> {
        binding(of: CallShape(cmdlet: cmdlet, values: values), product: product)
    }

    /// Every mistake of a call, for the author of a procedure; empty when the call can be made. Values must have the
    /// parameter's own type: what PowerShell would convert silently is a mistake here.
    package func mistakes(in call: CallShape, product: String) -> [CallMistake] {
        judge(call, product: product, strict: true).mistakes
    }

    private struct Outcome {
        var mistakes: [CallMistake]
        var binding: Result<CmdletBinding, CallMistake>
    }

    /// In PowerShell's order: the command, the values, the parameter set, unknown names, missing ones.
    private func judge(_ call: CallShape, product: String, strict: Bool) -> Outcome {
        guard let signature = signature(call.cmdlet, product: product) else {
            let mistake = commandNotFound(call.cmdlet, product: product)
            return Outcome(mistakes: [mistake], binding: .failure(mistake))
        }
        let sets = signature.sets(in: product)
        let conversion = Conversion(strict: strict, product: product, certTypes: certTypes)
        var mistakes: [CallMistake] = []
        var unknown: [CallMistake] = []
        var names: [String: String] = [:]
        for argument in call.arguments {
            guard let parameter = parameter(argument.name, sets) else {
                unknown.append(parameterNotFound(argument.name, signature, sets, product: product))
                continue
            }
            if names.values.contains(parameter.name) {
                mistakes.append(
                    CallMistake(
                        id: .parameterAlreadyBound, parameter: argument.name,
                        message: "-\(parameter.name) is given twice"))
            }
            names[argument.name] = parameter.name
            if let mistake = conversion.mistake(argument, for: parameter) { mistakes.append(mistake) }
        }
        switch SetChoice(signature: signature, sets: sets, given: Set(names.values)).result {
        case .success(let chosen):
            mistakes += unknown
            let binding = CmdletBinding(signature: signature, parameterSet: chosen, names: names)
            return Outcome(mistakes: mistakes, binding: .success(binding))
        case .failure(let mistake):
            mistakes += mistake.id == .ambiguousSet ? [mistake] + unknown : unknown + [mistake]
            return Outcome(mistakes: mistakes, binding: .failure(mistake))
        }
    }

    private func parameter(_ name: String, _ sets: [ParameterSet]) -> ParameterSignature? {
        let own = sets.lazy.compactMap { $0.parameter(name) }.first
        return own ?? ParameterSignature.common.first { $0.answers(to: name) }
    }

    private func commandNotFound(_ name: String, product: String) -> CallMistake {
        if let elsewhere = signature(name) {
            return CallMistake(
                id: .commandNotFound, message: "\(elsewhere.name) does not exist in \(product)",
                hint: "it exists in \(elsewhere.appliesTo.joined(separator: ", "))")
        }
        let here = names.filter { signature($0, product: product) != nil }
        return CallMistake(
            id: .commandNotFound, message: "no cmdlet \(name) is known",
            candidates: CallMistake.Candidates(word: name, known: here))
    }

    private func parameterNotFound(
        _ name: String, _ signature: CmdletSignature, _ sets: [ParameterSet], product: String
    ) -> CallMistake {
        let elsewhere = signature.sets.lazy.compactMap { $0.parameter(name) }.first
        if let elsewhere {
            return CallMistake(
                id: .parameterNotFound, parameter: name,
                message: "\(signature.name) has no -\(name) in \(product)",
                hint: elsewhere.appliesTo.isEmpty
                    ? nil : "it has one in \(elsewhere.appliesTo.joined(separator: ", "))")
        }
        let known = Set(sets.flatMap { $0.parameters.map(\.name) })
        return CallMistake(
            id: .parameterNotFound, parameter: name, message: "\(signature.name) has no parameter -\(name)",
            candidates: CallMistake.Candidates(word: name, known: known.sorted()))
    }
}
