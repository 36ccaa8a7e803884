import FleetModel

/// Asks for a secret where there is somebody to ask.
enum SecretPrompt {
    static func prompt(_ terminal: Terminal) -> @Sendable (String) -> Secret? {
        guard terminal.isInteractive else { return { _ in nil } }
        return { text in terminal.askSecretly("\(text): ").map { Secret(text: $0) } }
    }
}
