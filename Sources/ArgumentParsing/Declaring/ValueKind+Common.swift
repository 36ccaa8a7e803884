extension ValueKind where Value == String {
    /// Any text but the empty one, which is nearly always an unset variable of the caller's shell.
    package static var text: ValueKind { .notEmpty("TEXT", .nothing) }
    /// The path of a file, as typed; whether it exists is the command's business.
    package static var file: ValueKind { .notEmpty("FILE", .files) }
    /// The path of a folder, as typed.
    package static var folder: ValueKind { .notEmpty("DIR", .folders) }

    private static func notEmpty(_ placeholder: String, _ completion: Completion) -> ValueKind {
        ValueKind(placeholder, completion: completion, show: { $0 }) { text throws(ValueFault) in
            guard !text.isEmpty else { throw ValueFault("is empty") }
            return text
        }
    }

    /// One of the words given.
    package static func choice(_ words: [String]) -> ValueKind {
        ValueKind(choicePlaceholder(words), completion: .words(words), show: { $0 }) { text throws(ValueFault) in
            guard words.contains(text) else { throw notAmong(words, text) }
            return text
        }
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases of an enumeration, by raw value.
    package static func choice(of type: Value.Type) -> ValueKind {
        let words = type.allCases.map(\.rawValue)
        return ValueKind(
            choicePlaceholder(words), completion: .words(words), show: { $0.rawValue }
        ) { text throws(ValueFault) in
            guard let value = Value(rawValue: text) else { throw notAmong(words, text) }
            return value
        }
    }
}

extension ValueKind where Value == Int {
    /// A whole number in decimal digits, a minus sign allowed, within `range`.
    package static func integer(_ range: ClosedRange<Int> = Int.min...Int.max) -> ValueKind {
        ValueKind("N") { text throws(ValueFault) in
            guard let number = Int(text), !text.hasPrefix("+"), range.contains(number) else {
                throw ValueFault("is not a whole number" + bounds(of: range))
            }
            return number
        }
    }
}

private func bounds(of range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (Int.min, Int.max): ""
    case (let least, Int.max): " from \(least) on"
    case (Int.min, let most): " up to \(most)"
    case (let least, let most): " from \(least) to \(most)"
    }
}

private func choicePlaceholder(_ words: [String]) -> String {
    let list = words.joined(separator: "|")
    return words.count <= 4 && list.count <= 24 ? list : "CHOICE"
}

private func notAmong(_ words: [String], _ text: String) -> ValueFault {
    ValueFault(
        "is not one of " + words.joined(separator: ", "),
        hint: suggestion(for: text, among: words).map { "did you mean \($0)?" })
}
