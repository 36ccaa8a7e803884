#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The form of a run's id.
enum RunID {
    /// `20261121-1043-a7f3`: day and minute in UTC, and four hexadecimal digits to tell runs of a minute apart.
    static func make(at time: Date, suffix: UInt16) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: time)
        func padded(_ number: Int?, _ width: Int) -> String {
            let digits = String(number ?? 0)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let hex = String(suffix, radix: 16)
        return padded(parts.year, 4) + padded(parts.month, 2) + padded(parts.day, 2) + "-" + padded(parts.hour, 2)
            + padded(parts.minute, 2) + "-" + String(repeating: "0", count: 4 - hex.count) + hex
    }
}

extension Date {
    /// Whole milliseconds since 1970, as the journal's time columns hold them.
    var unixMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(unixMilliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(unixMilliseconds) / 1000)
    }
}
