import FleetModel

/// Phrases that live view and plain lines share.
enum EventWords {
    /// `prepare 3/9`.
    static func step(_ key: StepKey, _ number: Int, _ total: Int) -> String {
        "\(key.part.rawValue) \(number)/\(total)"
    }

    /// The step's id, with the element of a `forEach`.
    static func name(_ key: StepKey) -> String {
        key.step + (key.item.map { "[\($0)]" } ?? "")
    }

    /// `fe-lyon/fe-default on fe01: new certificate (31 days left of 730)`.
    static func planned(_ summary: PlannedOrderSummary) -> String {
        let reasons = summary.reasons.map(\.text).joined(separator: "; ")
        return "\(summary.order) on \(summary.hosts.joined(separator: ", ")): \(ResultWords.text(summary.need))"
            + (reasons.isEmpty ? "" : " (\(reasons))")
    }
}
