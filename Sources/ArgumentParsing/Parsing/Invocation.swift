/// What a command line asks for.
package enum Invocation: Sendable {
    /// Run a command.
    case run(ParsedCommand)
    /// Print this help on stdout.
    case help(String)
    /// Print this line, name and version, on stdout.
    case version(String)
}

/// A command with all its values, ready to run.
package struct ParsedCommand: Sendable {
    /// The words that lead to the command, the program's name first.
    package let path: [String]
    private let body: @Sendable () async throws -> Int32

    init<C: Command>(_ command: C, _ values: ParsedValues) {
        path = values.path
        body = { try await command.run(Given(command, values)) }
    }

    /// Runs the command; throws what the command throws.
    ///
    /// - Returns: the exit code of the process.
    package func run() async throws -> Int32 { try await body() }
}
