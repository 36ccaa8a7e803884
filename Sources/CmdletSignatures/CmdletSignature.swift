/// What one cmdlet takes, over all product versions.
package struct CmdletSignature: Sendable, Equatable {
    package var name: String
    /// The module of the vendor's reference; `Certfleet` for the agent's own functions.
    package var module: String
    /// The products it exists in, in the vendor's words.
    package var appliesTo: [String]
    package var defaultSet: String?
    package var sets: [ParameterSet]

    /// Is the cmdlet there on a server of this product? Cmdlets of the operating system and our own functions are
    /// there everywhere.
    package func exists(in product: String) -> Bool {
        isOurs || appliesTo.isEmpty || appliesTo.contains(product) || appliesTo.contains { $0.hasPrefix("Windows") }
    }

    /// A function of the agent rather than a cmdlet of the product or of Windows.
    package var isOurs: Bool { module == "Certfleet" }

    /// A cmdlet of the operating system.
    package var isWindows: Bool { appliesTo.contains { $0.hasPrefix("Windows") } }

    /// The sets that a product knows, each with the parameters that it knows. A set that cannot be completed there,
    /// for it lacks a mandatory parameter, is left out.
    func sets(in product: String) -> [ParameterSet] {
        sets.compactMap { set in
            guard set.parameters.allSatisfy({ !$0.mandatory || $0.exists(in: product) }) else { return nil }
            return ParameterSet(name: set.name, parameters: set.parameters.filter { $0.exists(in: product) })
        }
    }
}

/// One way of calling a cmdlet.
package struct ParameterSet: Sendable, Equatable {
    package var name: String
    package var parameters: [ParameterSignature]

    func parameter(_ name: String) -> ParameterSignature? { parameters.first { $0.answers(to: name) } }
}

/// One parameter of a parameter set.
package struct ParameterSignature: Sendable, Equatable {
    package var name: String
    /// The .NET type as the reference writes it: `String`, `CertType[]`, `SwitchParameter`, …
    package var type: String
    package var mandatory: Bool
    package var aliases: [String]
    /// Empty: as the cmdlet.
    package var appliesTo: [String]
    /// The values that the reference page lists; they are advice, except where ``Enumeration`` takes them up.
    package var pageValues: [String]

    func exists(in product: String) -> Bool { appliesTo.isEmpty || appliesTo.contains(product) }

    /// PowerShell compares parameter names without regard to case.
    func answers(to given: String) -> Bool {
        let wanted = given.lowercased()
        return name.lowercased() == wanted || aliases.contains { $0.lowercased() == wanted }
    }
}

extension ParameterSignature {
    /// What every cmdlet takes beside its own parameters (about_CommonParameters). `WhatIf` and `Confirm` are not among
    /// them: only a cmdlet that asks before it changes something has these.
    static let common: [ParameterSignature] = [
        ("Verbose", "SwitchParameter", "vb"), ("Debug", "SwitchParameter", "db"),
        ("ErrorAction", "ActionPreference", "ea"), ("WarningAction", "ActionPreference", "wa"),
        ("InformationAction", "ActionPreference", "infa"), ("ErrorVariable", "String", "ev"),
        ("WarningVariable", "String", "wv"), ("InformationVariable", "String", "iv"), ("OutVariable", "String", "ov"),
        ("OutBuffer", "Int32", "ob"), ("PipelineVariable", "String", "pv"),
    ].map { name, type, alias in
        ParameterSignature(name: name, type: type, mandatory: false, aliases: [alias], appliesTo: [], pageValues: [])
    }
}
