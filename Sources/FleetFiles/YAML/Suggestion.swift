/// "Did you mean": the known word that a mistyped one is nearest to.
package enum Suggestion {
    /// The nearest candidate, if it is near enough to be meant: at most a third of the word mistyped, three letters at
    /// the most. Case and the choice between `-` and `_` do not count.
    package static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        guard word.unicodeScalars.count <= 64 else { return nil }
        let typed = folded(word)
        let limit = min(max(typed.count / 3, 1), 3)
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let known = folded(candidate)
            guard abs(known.count - typed.count) <= limit else { continue }
            let found = distance(typed, known)
            if found <= limit, found < (best?.distance ?? .max) { best = (candidate, found) }
        }
        return best?.word
    }

    /// The hint that goes with an unknown word: the nearest one, or all of them when they are few.
    package static func hint(for word: String, among candidates: [String]) -> String? {
        if let near = closest(to: word, among: candidates) { return "did you mean \(Quoting.quote(near))?" }
        guard !candidates.isEmpty, candidates.count <= 16 else { return nil }
        return "known here: \(candidates.joined(separator: ", "))"
    }

    private static func folded(_ word: String) -> [Unicode.Scalar] {
        word.lowercased().unicodeScalars.map { $0 == "_" ? "-" : $0 }
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(previous[j] + (a[i] == b[j] ? 0 : 1), previous[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = previous
            previous = row
        }
        return previous[b.count]
    }
}

/// Puts foreign text into messages.
package enum Quoting {
    /// The text in backticks, shortened to 60 characters, with control characters written as `\u{…}`: what stands in a
    /// file must not steer the terminal that shows the message.
    package static func quote(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map {
            $0.isControl ? "\\u{\(String($0.value, radix: 16))}" : "\($0)"
        }
        return "`\(shown.joined())\(text.unicodeScalars.count > 60 ? "…" : "")`"
    }
}

extension Unicode.Scalar {
    /// Control and format characters, line and paragraph separators.
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
