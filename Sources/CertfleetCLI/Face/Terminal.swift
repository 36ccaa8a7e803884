import Foundation
import Glibc

/// The program's three streams and what is known of the terminal. Data goes to stdout, words to stderr.
struct Terminal: Sendable {
    /// Handed in, so that commands can be tried without the process's own streams.
    var write: @Sendable (String) -> Void
    var say: @Sendable (String) -> Void
    /// The answer; nil without one.
    var ask: @Sendable (String) -> String?
    /// The same, without showing what is typed.
    var askSecretly: @Sendable (String) -> String? = { _ in nil }
    /// Ends the question that is open, if one is, and answers all to come with nil.
    var endQuestions: @Sendable () -> Void = {}
    /// Both a person's: questions may be asked, and the live view drawn.
    var isInteractive: Bool
    /// Behind stderr is a terminal on which the live view can be drawn.
    var isErrorTerminal: Bool
    var isOutputTerminal: Bool
    var colour: Bool

    static let process = Terminal(
        write: { Streams.write($0, to: STDOUT_FILENO) },
        say: { Streams.write($0, to: STDERR_FILENO) },
        ask: Questions.line, askSecretly: Questions.secret, endQuestions: Questions.end,
        isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
        isErrorTerminal: isatty(STDERR_FILENO) == 1 && obeys, isOutputTerminal: isatty(STDOUT_FILENO) == 1,
        colour: isatty(STDERR_FILENO) == 1 && obeys && (environment["NO_COLOR"] ?? "").isEmpty)

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Whether the terminal moves its cursor and changes colours when it is told to; an editor's shell window does not.
    private static var obeys: Bool { environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false }

    /// Columns and rows of the terminal behind stderr; 80 by 24 where there is none.
    static func size() -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// Whole writes, also to pipes that take only a part.
enum Streams {
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
