/// Breaks text into lines of at most `width` characters. A longer word stands alone on its line.
func wrapped(_ text: some StringProtocol, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
        if line.isEmpty {
            line = String(word)
        } else if line.count + 1 + word.count <= width {
            line += " " + word
        } else {
            lines.append(line)
            line = String(word)
        }
    }
    return line.isEmpty ? lines : lines + [line]
}

/// A piece of an ``About/discussion``.
enum Paragraph: Equatable {
    /// Running text, to be broken anew.
    case prose(String)
    /// Lines that keep their form, without the indentation common to all.
    case verbatim([String])
}

/// Divides a discussion at empty lines; pieces in which each line begins with a space are verbatim.
func paragraphs(of text: String) -> [Paragraph] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
        .split { $0.allSatisfy(\.isWhitespace) }
        .map { lines in
            guard lines.allSatisfy({ $0.hasPrefix(" ") }) else { return .prose(lines.joined(separator: " ")) }
            let indent = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
            return .verbatim(lines.map { String($0.dropFirst(indent)) })
        }
}
