/// Why something on the wire cannot be taken.
package struct AgentProtocolError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An open list of reasons.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A line or frame longer than ``AgentLimits/line``.
        package static let oversize = Code(rawValue: "oversize")
        /// No JSON, or JSON that lacks what its kind must have.
        package static let unreadable = Code(rawValue: "unreadable")
        /// A kind of frame that this version does not know.
        package static let unknownKind = Code(rawValue: "unknown-kind")
        /// The script's length line or its base64 is wrong.
        package static let badScript = Code(rawValue: "bad-script")
    }

    package var code: Code
    /// What was wrong, without values from the line: it may hold secrets.
    package var description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
