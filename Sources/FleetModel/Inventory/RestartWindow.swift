/// The hours in which services may restart, in the coordinator's local time: `22:00-04:00`.
package struct RestartWindow: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Minutes after midnight; the end belongs to it no more. It may lie before the beginning: over midnight.
    package var from: Int
    package var until: Int

    package init(from: Int, until: Int) {
        self.from = from
        self.until = until
    }

    /// - Returns: `nil` when the text is not of the form `HH:MM-HH:MM`, or says nothing because both are equal.
    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard ends.count == 2, let from = ends[0], let until = ends[1], from != until else { return nil }
        self.init(from: from, until: until)
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameter minute: Minutes after local midnight.
    package func contains(_ minute: Int) -> Bool {
        from < until ? (from..<until).contains(minute) : minute >= from || minute < until
    }

    package var description: String { "\(Self.text(from))-\(Self.text(until))" }

    private static func text(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}
