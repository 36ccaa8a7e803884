import FleetModel

/// The rules that hold between the parts of a step, and between a step and its procedure.
struct StepRules {
    var procedure: Procedure
    var reader: YAMLReader

    func check() {
        var seen: [String: SourcePlace] = [:]
        let parts = [
            ("prepare", procedure.prepare), ("switch", procedure.switching), ("finally", procedure.finally),
        ]
        for (part, steps) in parts {
            for step in steps {
                if let first = seen[step.id], !step.id.isEmpty {
                    reader.report(
                        step.place, "duplicate step \(Quoting.quote(step.id)): it already stands in line \(first.line)")
                } else {
                    seen[step.id] = step.place
                }
                check(step, in: part)
            }
        }
    }

    private func check(_ step: Step, in part: String) {
        if procedure.kind != .certificate {
            checkReadOnly(step)
        } else if case .call(let call) = step.operation, step.changes, step.verify == nil {
            reader.report(
                step.place, "\(Quoting.quote(step.id)) changes the server (\(call.cmdlet)) and has no `verify`",
                hint: "add a read that shows the change: a step without proof is not done")
        }
        if let verify = step.verify, !ProcedureReading.isRead(verify.call) {
            reader.report(
                verify.call.place, "`verify` must be a read (Get, Test, Read, Export), not \(verify.call.cmdlet)")
        }
        if part != "switch" {
            if step.scope == .member { reader.report(step.place, "`scope: member` belongs to `switch`") }
            if step.drains { reader.report(step.place, "`drains` belongs to `switch`") }
        }
        if let forced = step.forced, !step.drains {
            reader.report(forced.place, "`forced` belongs to a step that `drains`")
        }
        if step.until != nil, case .call = step.operation, step.expectations.isEmpty, step.verify == nil {
            reader.report(step.place, "`until` needs `expect`: nothing says when it is over")
        }
        if step.late != nil, step.until == nil || step.changes {
            reader.report(step.place, "`late` belongs to a read with `until`: it is made when that has run out")
        }
        if step.mayFail, step.changes { reader.report(step.place, "`may-fail` is for reads only") }
        if !step.matching.isEmpty, case .action = step.operation {
            reader.report(step.place, "`where` belongs to a `call`")
        }
        checkPlace(step, isSwitch: part == "switch")
        checkSecrets(step)
        if case .action(let action, _) = step.operation { checkOutputs(step, action) }
    }

    private func checkReadOnly(_ step: Step) {
        guard step.changes || step.verify != nil || step.clear != nil || step.undo != nil else { return }
        let what =
            switch step.operation {
            case .call(let call): call.cmdlet
            case .action(let action, _): action.rawValue
            }
        reader.report(
            step.place,
            step.changes
                ? "a \(procedure.kind.rawValue) only reads; \(what) changes the server"
                : "a \(procedure.kind.rawValue) only reads: no `verify`, `clear` or `undo`")
    }

    private func checkPlace(_ step: Step, isSwitch: Bool) {
        switch step.on {
        case .others where procedure.kind != .gate: reader.report(step.place, "`on: others` belongs to a gate")
        case .birth, .copies:
            guard procedure.sharing == [.host] || procedure.kind != .certificate else { return }
            reader.report(step.place, "`on: \(step.on.rawValue)` belongs to a procedure for a shared certificate")
        case .readers:
            guard procedure.sharing != [.global] || step.changes || !isSwitch else { return }
            reader.report(
                step.place, "`on: readers` belongs to reads in the `switch` of a procedure with `sharing: [global]`")
        case .all, .others: break
        }
    }

    /// A secret is in no journal, so a step that captures one must be done again in a new session.
    private func checkSecrets(_ step: Step) {
        let captures = step.captures + (step.verify?.captures ?? [])
        if let secret = captures.first(where: \.secret), step.scope != .session {
            reader.report(step.place, "the secret \(Quoting.quote(secret.name)) is kept nowhere: add `scope: session`")
        }
    }

    private func checkOutputs(_ step: Step, _ action: LocalAction) {
        let outputs = ActionInputs(action: action, place: step.place).outputs
        for capture in step.captures where outputs[capture.property] == nil {
            reader.report(
                step.place, "\(action.rawValue) yields no \(Quoting.quote(capture.property))",
                hint: Suggestion.hint(for: capture.property, among: outputs.keys.sorted()))
        }
    }
}
