/// PowerShell's error id for a call that does not bind (the part before the comma), and two of our own for calls that
/// bind to something else than was meant.
package struct BindingErrorID: RawRepresentable, Sendable, Hashable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let commandNotFound = Self(rawValue: "CommandNotFoundException")
    package static let parameterNotFound = Self(rawValue: "NamedParameterNotFound")
    package static let parameterAlreadyBound = Self(rawValue: "ParameterAlreadyBound")
    package static let transformation = Self(rawValue: "ParameterArgumentTransformationError")
    package static let emptyText = Self(rawValue: "ParameterArgumentValidationErrorEmptyStringNotAllowed")
    package static let missingMandatory = Self(rawValue: "MissingMandatoryParameter")
    package static let ambiguousSet = Self(rawValue: "AmbiguousParameterSet")
    /// Ours: .NET adds the numbers of a comma list, so that an enumeration that is no flags type gets another value.
    package static let commaInEnumeration = Self(rawValue: "CommaInEnumeration")
    /// Ours: a SecureString given to a text parameter becomes the words `System.Security.SecureString`.
    package static let secureStringToText = Self(rawValue: "SecureStringToText")
}

/// One reason why a call cannot be made.
package struct CallMistake: Error, Sendable, Equatable, CustomStringConvertible {
    package var id: BindingErrorID
    /// The parameter it is about, as it was given; none for the call as a whole.
    package var parameter: String?
    package var message: String
    package var hint: String?
    /// For an unknown word: what it may have been meant to be.
    package var candidates: Candidates?

    /// A word that is not known where it stands, and the words that are.
    package struct Candidates: Sendable, Equatable {
        package var word: String
        package var known: [String]

        package init(word: String, known: [String]) {
            self.word = word
            self.known = known
        }
    }

    package var description: String { message }
}

/// A call that binds.
package struct CmdletBinding: Sendable, Equatable {
    package var signature: CmdletSignature
    /// The parameter set in force; `__AllParameterSets` when the parameters fit several and none is the default.
    package var parameterSet: String
    /// The given names in the signature's own spelling, aliases resolved.
    package var names: [String: String]
}
