/// Seconds since 1970 of `2026-01-31T10:20:30.1234567Z`, whole seconds; `nil` for any other form.
///
/// The agent writes .NET's round-trip form, whose seven decimals the usual readers refuse.
func secondsSince1970(utc text: String) -> Int? {
    guard text.hasSuffix("Z") else { return nil }
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, let date = threeNumbers(parts[0], "-"), let time = threeNumbers(parts[1].prefix(8), ":"),
        (1970...9999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2])
    else { return nil }
    guard (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]) else { return nil }
    let seconds = time[0] * 3_600 + time[1] * 60 + time[2]
    return daysSince1970(year: date[0], month: date[1], day: date[2]) * 86_400 + seconds
}

private func threeNumbers(_ text: Substring, _ separator: Character) -> [Int]? {
    let numbers = text.split(separator: separator, omittingEmptySubsequences: false).compactMap { Int($0) }
    return numbers.count == 3 ? numbers : nil
}

/// By the civil calendar, years counted from March so that the leap day comes last.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let leapDays = year / 4 - year / 100 + year / 400
    return year * 365 + leapDays + dayOfYear - 719_468
}
