/// Puts the project of this call into the commands that its words name, so that they can be typed as they stand:
///
///     hint: certfleet --project demo runs resume
struct ProjectWords: Sendable {
    /// As the person gave them, ready for a shell; empty when the project is the current folder.
    private let words: String

    private static let options = ["--project", "--inventory", "-i", "--state-dir"]
    /// Those that look at a project.
    private static let commands: Set<Substring> = [
        "plan", "apply", "assign", "rollout", "renew", "push", "restart", "status", "names", "runs", "report",
        "pending",
        "inventory", "topology", "hostkeys", "doctor",
    ]

    /// - Parameter given: The whole command line, without the program's name.
    init(given: [String]) {
        var found: [String] = []
        for (index, word) in given.enumerated() {
            if word == "--" { break }
            if Self.options.contains(word), given.indices.contains(index + 1) {
                found += [word, Self.quoted(given[index + 1])]
            } else if let equals = word.firstIndex(of: "="), Self.options.contains(String(word[..<equals])) {
                found += [String(word[..<equals]), Self.quoted(String(word[word.index(after: equals)...]))]
            }
        }
        words = found.joined(separator: " ")
    }

    func filled(_ text: String) -> String {
        guard !words.isEmpty, text.contains("certfleet ") else { return text }
        var result = ""
        var rest = text[...]
        while let place = rest.firstRange(of: "certfleet ") {
            result += rest[..<place.upperBound]
            let isWord = result.dropLast("certfleet ".count).last.map { " (`\n".contains($0) } ?? true
            rest = rest[place.upperBound...]
            if isWord, Self.commands.contains(rest.prefix { $0.isLetter }) { result += words + " " }
        }
        return result + rest
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-+@:,".unicodeScalars.contains($0)
        }
        return plain && !word.isEmpty
            ? word
            : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
