/// What SQLite said about a call that did not succeed.
struct SQLiteError: Error, Sendable, Equatable {
    /// What was being done: `open`, `prepare`, `step`, …
    var operation: String
    /// The extended result code.
    var number: Int32
    var message: String
}
