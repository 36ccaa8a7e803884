/// One command: its texts, its parameters as stored properties, and what it does.
///
/// What a command needs beside its parameters (a terminal, the wiring) are ordinary stored properties.
///
///     struct PlanCommand: Command {
///         let about = About("plan", "show what would be done, and change nothing")
///         let project = ProjectOptions()
///         let pool = Argument("POOL", .text, "the pool to plan for")
///
///         func run(_ given: Given<Self>) async throws -> Int32 {
///             try await plan(pool: given.pool, in: given.project.folder)
///         }
///     }
package protocol Command: ParameterGroup {
    /// The command's name and texts.
    var about: About { get }

    /// Does the work and returns the exit code of the process.
    ///
    /// - Throws: ``UsageError`` (made by ``Given/usageError(_:hint:)``) for a mistake only the command can see;
    ///   whatever else the command's work throws.
    func run(_ given: Given<Self>) async throws -> Int32
}

/// A command's name and the texts about it.
package struct About: Sendable {
    /// The word a user types.
    package let name: String
    /// One line, lower case, no full stop.
    package let summary: String
    /// Paragraphs divided by empty lines; lines that begin with a space keep their form.
    package let discussion: String
    /// Command lines to learn from, as typed.
    package let examples: [String]
    /// Whether the texts and the completion leave the command out. It can be called all the same.
    package let isHidden: Bool

    /// - Parameters:
    ///   - name: the word a user types.
    ///   - summary: one line, lower case, no full stop.
    package init(
        _ name: String, _ summary: String, discussion: String = "", examples: [String] = [], hidden: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.examples = examples
        isHidden = hidden
    }
}
