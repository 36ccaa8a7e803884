extension ValueKind where Value == Duration {
    /// A length of time as numbers with units: `60d`, `90m`, `1h30m`. Units: `s m h d w`, largest first, each once.
    ///
    /// A bare number is refused: it would be seconds to one reader and days to the next.
    package static var duration: ValueKind {
        ValueKind("DURATION", show: shown) { text throws(ValueFault) in
            guard let seconds = seconds(in: text) else {
                let hint = Int(text) == nil ? "examples: 60d, 12h, 1h30m" : "name the unit, as in \(text)d or \(text)m"
                throw ValueFault("is not a duration", hint: hint)
            }
            return .seconds(seconds)
        }
    }
}

private let units: [(letter: Character, seconds: Int64)] = [
    ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
]

private func seconds(in text: String) -> Int64? {
    var total: Int64 = 0
    var digits = ""
    var unitsLeft = units[...]
    for character in text {
        if ("0"..."9").contains(character) {
            digits.append(character)
            continue
        }
        guard let place = unitsLeft.firstIndex(where: { $0.letter == character }), let count = Int64(digits) else {
            return nil
        }
        let (part, tooMuch) = count.multipliedReportingOverflow(by: units[place].seconds)
        let (sum, tooMuchAgain) = total.addingReportingOverflow(part)
        if tooMuch || tooMuchAgain { return nil }
        total = sum
        digits = ""
        unitsLeft = units[(place + 1)...]
    }
    return text.isEmpty || !digits.isEmpty ? nil : total
}

@Sendable private func shown(_ duration: Duration) -> String {
    var left = duration.components.seconds
    guard left > 0 else { return "\(left)s" }
    var text = ""
    // Weeks are read but not written: 60d says more to an administrator than 8w4d.
    for unit in units.dropFirst() where left >= unit.seconds {
        text += "\(left / unit.seconds)\(unit.letter)"
        left %= unit.seconds
    }
    return text
}
