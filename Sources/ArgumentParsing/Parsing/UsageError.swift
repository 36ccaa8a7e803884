/// A command line that cannot be understood. Nothing has been done.
package struct UsageError: Error, Sendable {
    /// What kind of mistake it is. The list is open.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// A group was named, but no command in it.
        package static let missingCommand = Code(rawValue: "missing-command")
        /// No command has this name.
        package static let unknownCommand = Code(rawValue: "unknown-command")
        /// The command has no such option.
        package static let unknownOption = Code(rawValue: "unknown-option")
        /// A required argument or option is missing.
        package static let missingParameter = Code(rawValue: "missing-parameter")
        /// An option stands without its value.
        package static let missingValue = Code(rawValue: "missing-value")
        /// A flag has a value.
        package static let unexpectedValue = Code(rawValue: "unexpected-value")
        /// More words than the command takes.
        package static let unexpectedArgument = Code(rawValue: "unexpected-argument")
        /// A value is not of its kind.
        package static let badValue = Code(rawValue: "bad-value")
        /// One option with two different values.
        package static let givenTwice = Code(rawValue: "given-twice")
        /// A rule between parameters is broken.
        package static let brokenRule = Code(rawValue: "broken-rule")
        /// The command itself refused what was typed.
        package static let refusedByCommand = Code(rawValue: "refused-by-command")
    }

    /// What kind of mistake it is.
    package let code: Code
    /// Lower case, no full stop; control characters of what was typed are escaped.
    package let message: String
    /// What to type instead, if that can be said.
    package let hint: String?
    /// The synopsis of the command, without the word "usage": `certfleet plan [options] POOL`.
    package let usage: String

    init(_ code: Code, _ message: String, hint: String? = nil, usage: String) {
        self.code = code
        self.message = message
        self.hint = hint
        self.usage = usage
    }

    /// The exit code for it by the convention of `sysexits.h` (EX_USAGE); whether it is used is the caller's choice.
    package static let conventionalExitCode: Int32 = 64
}

/// What was typed, between quotes, safe to print: control characters escaped, overlong text cut.
func quoted(_ text: String) -> String {
    let limit = 80
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            shown.unicodeScalars.append(scalar)
        }
    }
    return "'\(shown)\(text.unicodeScalars.count > limit ? "…" : "")'"
}
