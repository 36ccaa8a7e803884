#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Moments and lengths of time in the words of a terminal, in one time zone.
package struct DisplayClock: Sendable {
    private let calendar: Calendar

    /// - Parameter zone: The operator's; given from outside, so that texts can be tested.
    package init(zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// `12:03:04`.
    package func time(_ date: Date) -> String {
        let parts = calendar.dateComponents([.hour, .minute, .second], from: date)
        return [parts.hour, parts.minute, parts.second].map { Self.digits($0, 2) }.joined(separator: ":")
    }

    /// `2026-11-21`.
    package func day(_ date: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return [Self.digits(parts.year, 4), Self.digits(parts.month, 2), Self.digits(parts.day, 2)]
            .joined(separator: "-")
    }

    /// `2026-11-21 12:03`.
    package func minute(_ date: Date) -> String { "\(day(date)) \(time(date).prefix(5))" }

    private static func digits(_ number: Int?, _ width: Int) -> String {
        let text = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// `0:42`, `12:03`, `1:02:03`.
    static func elapsed(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e9)))
        let tail = "\(digits(whole % 60, 2))"
        return whole < 3600
            ? "\(whole / 60):\(tail)" : "\(whole / 3600):\(digits(whole / 60 % 60, 2)):\(tail)"
    }

    /// `38 ms`, `1.2 s`, `2 min 5 s`.
    static func length(milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(max(0, milliseconds)) ms"
        case ..<60_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        default: "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
        }
    }
}

extension Date {
    /// `2026-11-21T12:03:04Z`, as all our JSON writes moments.
    var isoText: String { formatted(.iso8601) }

    /// Whole days from now until this moment, rounded down; negative when it is past.
    func daysLeft(from now: Date) -> Int { Int((timeIntervalSince(now) / 86_400).rounded(.down)) }
}
