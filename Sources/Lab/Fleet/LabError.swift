/// Why the lab could not do what was asked.
package struct LabError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An open list: callers compare with the ones they know.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The folder is no lab, or cannot become one.
        package static let folder = Code(rawValue: "folder")
        /// A saved port belongs to somebody else now.
        package static let portTaken = Code(rawValue: "port-taken")
        /// A word that is not one of those that are known: host, fault, step, authority, format.
        package static let unknown = Code(rawValue: "unknown")
        /// The daemon runs already, or the process of the pid file is not ours.
        package static let daemon = Code(rawValue: "daemon")
        /// The daemon did not come up, or a host does not answer.
        package static let notUp = Code(rawValue: "not-up")
        /// The system refused a call; ``LabError/number`` is its errno.
        package static let system = Code(rawValue: "system")
    }

    package var code: Code
    /// Lower case, no full stop.
    package var message: String
    /// What to do next.
    package var hint: String?
    /// errno, or 0.
    package var number: Int32

    package init(_ code: Code, _ message: String, hint: String? = nil, number: Int32 = 0) {
        self.code = code
        self.message = message
        self.hint = hint
        self.number = number
    }

    package var description: String { message + (hint.map { "\n  hint: \($0)" } ?? "") }
}
