/// Colour, only when asked for. Whether it is asked for (a terminal, `NO_COLOR`) is decided outside.
package struct TextStyle: Sendable {
    package enum Tone: Sendable {
        case plain, good, bad, busy, waiting, faint, strong
    }

    private let coloured: Bool

    package init(coloured: Bool) { self.coloured = coloured }

    package func callAsFunction(_ text: String, _ tone: Tone) -> String {
        guard coloured, !text.isEmpty else { return text }
        let code =
            switch tone {
            case .plain: ""
            case .good: "32"
            case .bad: "31"
            case .busy: "36"
            case .waiting: "33"
            case .faint: "2"
            case .strong: "1"
            }
        return code.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
