/// Which parameter set is in force, by PowerShell's rules.
///
/// A parameter that stands in every set says nothing about the set. When the rest leaves several sets: none of them
/// excluded and no default means "all"; else the default if it is among them; else the one that is complete.
struct SetChoice {
    var signature: CmdletSignature
    var sets: [ParameterSet]
    /// Names in the signature's spelling.
    var given: Set<String>

    var result: Result<String, CallMistake> {
        let own = given.filter { name in sets.contains { holds($0, name) } }
        let valid = sets.filter { set in own.allSatisfy { holds(set, $0) } }
        guard !valid.isEmpty else { return sets.isEmpty ? .success("__AllParameterSets") : .failure(ambiguous(own)) }
        if valid.count == 1 { return complete(valid[0]) }
        if let name = signature.defaultSet, let preferred = valid.first(where: { $0.name == name }) {
            return complete(preferred)
        }
        let satisfied = valid.filter { missing(in: $0).isEmpty }
        if valid.count == sets.count, !satisfied.isEmpty {
            return .success(satisfied.count == 1 ? satisfied[0].name : "__AllParameterSets")
        }
        return satisfied.count == 1 ? .success(satisfied[0].name) : .failure(ambiguous(own))
    }

    private func holds(_ set: ParameterSet, _ name: String) -> Bool { set.parameters.contains { $0.name == name } }

    private func missing(in set: ParameterSet) -> [String] {
        set.parameters.filter { $0.mandatory && !given.contains($0.name) }.map(\.name)
    }

    private func complete(_ set: ParameterSet) -> Result<String, CallMistake> {
        let missing = missing(in: set)
        guard !missing.isEmpty else { return .success(set.name) }
        let names = missing.map { "-\($0)" }.joined(separator: ", ")
        return .failure(
            CallMistake(id: .missingMandatory, message: "\(signature.name) needs \(names) as well (set \(set.name))"))
    }

    private func ambiguous(_ own: Set<String>) -> CallMistake {
        let names = own.sorted().map { "-\($0)" }.joined(separator: ", ")
        let message =
            own.isEmpty
            ? "\(signature.name) cannot tell which parameter set is meant without parameters"
            : "\(signature.name): no single parameter set fits \(names)"
        return CallMistake(
            id: .ambiguousSet, message: message, hint: "the sets are \(sets.map(\.name).joined(separator: ", "))")
    }
}
