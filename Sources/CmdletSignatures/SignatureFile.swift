#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The form of a signatures file: what the vendor's reference pages say, and the same for the agent's own functions.
struct SignatureFile: Decodable {
    struct Cmdlet: Decodable {
        var name: String
        var module: String
        var appliesTo: [String]?
        var defaultParameterSet: String?
        var parameterSets: [String: [Parameter]]?
        var parameters: [String: Detail]?
    }

    /// A parameter as it stands in one set.
    struct Parameter: Decodable {
        var name: String
        var type: String
        var mandatory: Bool?
        var aliases: [String]?
    }

    /// What is said of a parameter over all sets.
    struct Detail: Decodable {
        var aliases: [String]?
        var appliesTo: [String]?
        var validValues: [String]?
    }

    /// The values of the enumeration `CertType`; a cmdlet's page lists only some of them.
    var certTypeValues: [String]?
    var cmdlets: [Cmdlet]

    /// Turns the file's records into signatures.
    var signatures: [CmdletSignature] {
        cmdlets.map { cmdlet in
            let details = cmdlet.parameters ?? [:]
            let sets = (cmdlet.parameterSets ?? ["Default": []]).map { name, parameters in
                ParameterSet(name: name, parameters: parameters.map { signature($0, details[$0.name]) })
            }
            return CmdletSignature(
                name: cmdlet.name, module: cmdlet.module, appliesTo: cmdlet.appliesTo ?? [],
                defaultSet: cmdlet.defaultParameterSet, sets: sets.sorted { $0.name < $1.name })
        }
    }

    private func signature(_ parameter: Parameter, _ detail: Detail?) -> ParameterSignature {
        ParameterSignature(
            name: parameter.name, type: parameter.type, mandatory: parameter.mandatory ?? false,
            aliases: (parameter.aliases ?? []) + (detail?.aliases ?? []), appliesTo: detail?.appliesTo ?? [],
            pageValues: detail?.validValues ?? [])
    }
}
