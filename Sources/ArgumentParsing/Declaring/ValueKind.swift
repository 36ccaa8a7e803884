/// How the text of one value is read, shown and completed.
///
/// A kind of one's own says what is wrong by throwing ``ValueFault``:
///
///     let order = ValueKind("POOL/ORDER") { text throws(ValueFault) in
///         guard let name = OrderName(text) else { throw ValueFault("is not of the form POOL/ORDER") }
///         return name
///     }
package struct ValueKind<Value: Sendable>: Sendable {
    /// What stands for the value in the texts, such as `FILE`.
    package let placeholder: String
    /// What a shell may offer.
    package let completion: Completion
    /// The value as a user would type it, for `default:` in the texts.
    let show: @Sendable (Value) -> String
    private let read: @Sendable (String) throws(ValueFault) -> Value

    /// - Parameters:
    ///   - show: the value as a user would type it.
    ///   - read: one text to one value.
    package init(
        _ placeholder: String, completion: Completion = .nothing,
        show: @escaping @Sendable (Value) -> String = { "\($0)" },
        read: @escaping @Sendable (String) throws(ValueFault) -> Value
    ) {
        self.placeholder = placeholder
        self.completion = completion
        self.show = show
        self.read = read
    }

    /// The same kind with another placeholder: `.duration.named("AGE")`.
    package func named(_ placeholder: String) -> ValueKind {
        ValueKind(placeholder, completion: completion, show: show, read: read)
    }

    /// Reads one value; the fault names the text.
    func value(of text: String) throws(ValueFault) -> Value {
        do {
            return try read(text)
        } catch {
            throw ValueFault(error.reason, hint: error.hint, text: text)
        }
    }

    func values(of texts: [String]) throws(ValueFault) -> [Value] {
        var values: [Value] = []
        for text in texts { values.append(try value(of: text)) }
        return values
    }
}

/// Why a text is not a value of its kind.
package struct ValueFault: Error, Sendable {
    /// Continues "'TEXT' …": `is not a whole number`.
    package let reason: String
    /// What to type instead, if that can be said.
    package let hint: String?
    let text: String?

    /// - Parameter reason: continues "'TEXT' …", such as `is not of the form POOL/ORDER`.
    package init(_ reason: String, hint: String? = nil) {
        self.init(reason, hint: hint, text: nil)
    }

    init(_ reason: String, hint: String?, text: String?) {
        self.reason = reason
        self.hint = hint
        self.text = text
    }
}

/// What a shell may offer where a value is typed.
package enum Completion: Sendable, Equatable {
    /// Nothing is known about the value.
    case nothing
    /// Names of files and folders.
    case files
    /// Names of folders.
    case folders
    /// One of these words. Also shown in the texts as the choices there are.
    case words([String])
}
