import FleetModel

/// What to look at when libyaml cannot read on. Its words name its own rules, and its place is where it noticed: the
/// mistake is often earlier.
enum SyntaxHint {
    /// - Parameters:
    ///   - problem: libyaml's words.
    ///   - context: What it was reading, in its words.
    ///   - began: Where that began.
    ///   - line: The text before the place where it noticed, in the same line.
    ///   - next: The byte at that place; nil at the end of the file.
    static func words(
        _ problem: String, context: String?, began: SourcePlace?, after line: String, next: UInt8?
    ) -> String? {
        let since = began.map { "line \($0.line), column \($0.column)" }
        switch (problem, context ?? "") {
        case _ where next == 0x09:
            // The one mistake that cannot be seen.
            return "indent with spaces: YAML takes no tabs there"
        case ("mapping values are not allowed in this context", _):
            return line.contains(": ")
                ? "put a value in which `: ` stands into quotes"
                : "is this line, or the one above it, indented as its neighbours are?"
        case ("did not find expected key", let context) where context.hasSuffix("block mapping"):
            return since.map { "keys that belong together begin in the same column; these began in \($0)" }
        case ("did not find expected '-' indicator", _):
            return since.map { "the items of a list begin in the same column; these began in \($0)" }
        case (let problem, let context) where problem.hasPrefix("did not find expected ','"):
            let sign = context.hasSuffix("sequence") ? "[" : "{"
            return since.map {
                "look for a comma, a quote or a closing sign that is missing after the `\(sign)` in \($0)"
            }
        case ("found unexpected end of stream", let context) where context.hasSuffix("quoted scalar"):
            return since.map { "the quote in \($0) is not closed" }
        case ("could not find expected ':'", _):
            return began.map { "a key in line \($0.line) has no `: ` after it" }
        case ("found character that cannot start any token", _):
            return "put a value that begins with such a sign into quotes"
        default: return nil
        }
    }
}
