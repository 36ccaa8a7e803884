/// A text in which `${name}` stands for a value.
struct ReferenceText {
    struct Reference: Equatable {
        var name: String
        /// `${name?}`: the parameter is left out when there is no value.
        var optional: Bool
    }

    private(set) var references: [Reference] = []
    /// The text is one reference and nothing else.
    private(set) var whole: Reference?
    /// What is wrong with its form.
    private(set) var problem: String?

    init(_ text: String) {
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            let after = rest[start.upperBound...]
            guard let end = after.firstIndex(of: "}") else {
                problem = "`${` without `}`"
                return
            }
            var name = after[..<end]
            let optional = name.hasSuffix("?")
            if optional { name = name.dropLast() }
            guard Self.isName(name) else {
                problem =
                    "\(Quoting.quote("${\(after[..<end])}")) is no reference: a name such as host.fqdn, no operators"
                return
            }
            references.append(Reference(name: String(name), optional: optional))
            rest = after[after.index(after: end)...]
            if references.count == 1, start.lowerBound == text.startIndex, rest.isEmpty { whole = references[0] }
        }
    }

    private static func isName(_ name: Substring) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && parts.allSatisfy { ProcedureReading.isIdentifier(String($0)) }
    }
}
