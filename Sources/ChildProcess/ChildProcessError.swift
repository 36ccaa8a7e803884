import Glibc

/// Why a program could not be started, or was ended before its time.
package struct ChildProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong; open, so that a caller needs a default.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// No such program, at that path or in `PATH`.
        package static let notFound = Code(rawValue: "not-found")
        /// The system refused to start it.
        package static let notStarted = Code(rawValue: "not-started")
        /// It ran longer than its limit and was ended.
        package static let timedOut = Code(rawValue: "timed-out")
        /// An argument, a path or a variable holds a zero byte, or a variable's name is not one.
        package static let badArgument = Code(rawValue: "bad-argument")
    }

    /// What went wrong.
    package let code: Code
    /// The program as it was asked for.
    package let program: String
    /// The system's number (`errno`), 0 when there is none.
    package let number: Int32
    /// One sentence, lower case, without the arguments.
    package let message: String

    package var description: String { "\(program): \(message)" }

    init(_ code: Code, _ program: String, _ message: String, number: Int32 = 0) {
        self.code = code
        self.program = program
        self.number = number
        self.message = number == 0 ? message : "\(message): \(String(cString: strerror(number)))"
    }
}
