import FleetModel
import Glibc

/// Asks for a secret without showing what is typed.
enum SecretPrompt {
    static func prompt(_ terminal: Terminal) -> @Sendable (String) -> Secret? {
        guard terminal.isInteractive else { return { _ in nil } }
        return { text in
            var before = termios()
            guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
            defer {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                terminal.say("\n")
            }
            return terminal.ask("\(text): ").map { Secret(text: $0) }
        }
    }
}
