/// A file of a simulated host's state folder that could not be read or written.
package struct StateError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        let rawValue: String

        /// The system refused the call; ``StateError/number`` is its errno.
        package static let system = Code(rawValue: "system")
        /// The file's content is not what it should be.
        package static let unreadable = Code(rawValue: "unreadable")
        /// A name that may not become a path.
        package static let name = Code(rawValue: "name")
    }

    package var code: Code
    /// What was tried, with the path.
    package var operation: String
    /// errno, or 0.
    package var number: Int32

    init(_ code: Code, _ operation: String, number: Int32 = 0) {
        self.code = code
        self.operation = operation
        self.number = number
    }

    package var description: String {
        number == 0 ? "\(operation): \(code.rawValue)" : "\(operation) failed (errno \(number))"
    }
}
