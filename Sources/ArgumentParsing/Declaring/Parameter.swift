/// Something a command line may carry: an ``Option``, a ``Flag`` or an ``Argument``.
///
/// A parameter is a constant declaration; the value a user gave is read from ``Given``.
package protocol Parameter: Sendable {
    /// What reading the command line yields for this parameter.
    associatedtype Value: Sendable

    /// Everything parsing and the texts need to know.
    var declaration: ParameterDeclaration { get }

    /// Turns what was typed into the value.
    ///
    /// - Parameter texts: one element per occurrence, in the order typed; empty when the parameter was not given.
    func value(from texts: [String]) throws(ValueFault) -> Value
}

/// The part of a parameter's declaration that does not depend on the type of its value.
package struct ParameterDeclaration: Sendable {
    /// How the parameter stands on the command line.
    package enum Role: Sendable {
        /// `--name`, without a value.
        case flag
        /// `--name VALUE`.
        case option
        /// A word at its place.
        case argument
    }

    /// How the parameter stands on the command line.
    package let role: Role
    /// The long name without dashes; for an argument its placeholder.
    package let name: String
    /// The one-letter form, if there is one.
    package let short: Character?
    /// What stands for the value in the texts, such as `FILE`; empty for a flag.
    package let placeholder: String
    /// One sentence without a full stop.
    package let help: String
    /// Whether the command line is refused without it.
    package let isRequired: Bool
    /// Whether it may be given more than once.
    package let isRepeated: Bool
    /// Whether it may also stand before the name of the command.
    package let isGlobal: Bool
    /// Whether the texts and the completion leave it out.
    package let isHidden: Bool
    /// The value in force when none is given, as a user would type it.
    package let defaultText: String?
    /// What a shell may offer for the value.
    package let completion: Completion

    init(
        _ role: Role, _ name: String, short: Character? = nil, placeholder: String = "", help: String,
        required: Bool = false, repeated: Bool = false, global: Bool = false, hidden: Bool = false,
        defaultText: String? = nil, completion: Completion = .nothing
    ) {
        self.role = role
        self.name = name
        self.short = short
        self.placeholder = placeholder
        self.help = help
        isRequired = required
        isRepeated = repeated
        isGlobal = global
        isHidden = hidden
        self.defaultText = defaultText
        self.completion = completion
    }

    /// How a user types it, without the value: `--name`, or the placeholder of an argument. Unique in a command.
    package var spelling: String { role == .argument ? name : "--\(name)" }
}
