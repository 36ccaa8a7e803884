/// Names one step of one run: what the journal's intents and outcomes are filed under.
package struct StepKey: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Part: String, Sendable, Codable {
        case survey, prepare, gate
        case switching = "switch"
        case finally
    }

    package var host: String
    /// `pool/order`, or the pool's name for a step that serves all orders of a member at once.
    package var subject: String
    package var part: Part
    package var step: String
    /// The element of a `forEach`.
    package var item: String?

    package init(host: String, subject: String, part: Part, step: String, item: String? = nil) {
        self.host = host
        self.subject = subject
        self.part = part
        self.step = step
        self.item = item
    }

    package var description: String {
        "\(host) \(subject) \(part.rawValue) \(step)" + (item.map { "[\($0)]" } ?? "")
    }
}
