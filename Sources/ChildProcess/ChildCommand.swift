/// One program to start: no shell, every argument its own element, nothing inherited that is not named here.
///
/// All descriptors but the three standard ones are closed in the child, signals are at their defaults, none is blocked.
package struct ChildCommand: Sendable {
    /// An absolute path, or a name that is looked up in the `PATH` of ``environment``.
    package var program: String
    /// The arguments after the program's own name. They show in the process list: never a secret.
    package var arguments: [String]
    /// The whole environment of the child. Without a `PATH`, names are looked up in `/usr/local/bin:/usr/bin:/bin`.
    package var environment: [String: String]
    /// Where the child starts; nil: where this process is.
    package var folder: String?
    /// What the child reads.
    package var input: ChildInput
    /// Where its standard output goes.
    package var output: ChildOutput
    /// Where its standard error goes.
    package var errors: ChildOutput
    /// Whether it gets a session of its own (`setsid`), so that it outlives this process and its terminal.
    package var detached: Bool

    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        folder: String? = nil,
        input: ChildInput = .nothing,
        output: ChildOutput = .captured(),
        errors: ChildOutput = .captured(),
        detached: Bool = false
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.input = input
        self.output = output
        self.errors = errors
        self.detached = detached
    }
}

/// What a child reads on its standard input.
package enum ChildInput: Sendable {
    /// An end of file at once.
    case nothing
    /// These bytes, then an end of file. They are kept in memory only, never in a file on disk.
    case bytes([UInt8])
    /// A descriptor of the caller's, who keeps it and closes it.
    case descriptor(Int32)
}

/// Where one of a child's outputs goes.
package enum ChildOutput: Sendable {
    /// Thrown away.
    case discarded
    /// Kept in memory up to `limit` bytes; what comes after is read and dropped, and the result says so.
    case captured(limit: Int = 1 << 20)
    /// A descriptor of the caller's, who keeps it and closes it.
    case descriptor(Int32)
    /// Appended to a file, made with mode 0600 when it is not there.
    case appended(path: String)
}
