/// Just enough of PowerShell's syntax to catch a lost quote or brace and to read a function's parameters.
struct PowerShellText {
    /// The text with comments, here the contents of strings too, blanked out; same length, same lines.
    private(set) var code: [Character] = []
    /// What is wrong with quotes and brackets.
    private(set) var mistakes: [String] = []
    private var open: [(bracket: Character, line: Int)] = []
    private var line = 1

    init(_ text: String) {
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "#" where isWordStart(code.last): skipComment(&rest)
            case "'": skipLiteral(&rest)
            case "\"": skipExpandable(&rest)
            case "`":
                code.append(" ")
                if rest.popFirst() != nil { code.append(" ") }
            default: take(character)
            }
        }
        mistakes += open.map { "'\($0.bracket)' of line \($0.line) is not closed" }
    }

    private func isWordStart(_ last: Character?) -> Bool {
        last.map { $0.isWhitespace || "(){};,|".contains($0) } ?? true
    }

    private mutating func take(_ character: Character) {
        code.append(character)
        switch character {
        case "\n": line += 1
        case "(", "[", "{": open.append((character, line))
        case ")", "]", "}":
            let partner: [Character: Character] = [")": "(", "]": "[", "}": "{"]
            if open.last?.bracket == partner[character] {
                open.removeLast()
            } else {
                mistakes.append("'\(character)' of line \(line) closes nothing")
            }
        default: break
        }
    }

    private mutating func skipComment(_ rest: inout ArraySlice<Character>) {
        code.append(" ")
        while let next = rest.first, next != "\n" {
            rest.removeFirst()
            code.append(" ")
        }
    }

    /// Single quotes: two stand for one, nothing else counts.
    private mutating func skipLiteral(_ rest: inout ArraySlice<Character>) {
        let start = line
        code.append(" ")
        while let next = rest.popFirst() {
            code.append(next == "\n" ? "\n" : " ")
            if next == "\n" { line += 1 }
            guard next == "'" else { continue }
            guard rest.first == "'" else { return }
            rest.removeFirst()
            code.append(" ")
        }
        mistakes.append("the quote of line \(start) is not closed")
    }

    /// Double quotes: backtick escapes, two stand for one, and `$( … )` is code with strings of its own.
    private mutating func skipExpandable(_ rest: inout ArraySlice<Character>) {
        let start = line
        code.append(" ")
        while let next = rest.popFirst() {
            code.append(next == "\n" ? "\n" : " ")
            switch next {
            case "\n": line += 1
            case "`":
                if rest.popFirst() != nil { code.append(" ") }
            case "$" where rest.first == "(": skipExpression(&rest)
            case "\"":
                guard rest.first == "\"" else { return }
                rest.removeFirst()
                code.append(" ")
            default: break
            }
        }
        mistakes.append("the quote of line \(start) is not closed")
    }

    private mutating func skipExpression(_ rest: inout ArraySlice<Character>) {
        var depth = 0
        while let next = rest.popFirst() {
            switch next {
            case "'": skipLiteral(&rest)
            case "\"": skipExpandable(&rest)
            default:
                code.append(" ")
                if next == "(" { depth += 1 }
                if next == ")" { depth -= 1 }
                if depth == 0 { return }
            }
        }
    }
}
