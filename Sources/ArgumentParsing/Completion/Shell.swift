/// A shell that a completion script can be made for.
package enum Shell: String, CaseIterable, Sendable {
    /// Bash 4 or later.
    case bash
    /// Zsh 5 or later.
    case zsh
    /// Fish 3 or later.
    case fish
}

extension Program {
    /// A script that teaches `shell` to complete the program's commands, options and values.
    ///
    /// It is made from the declarations alone and calls nothing but the shell.
    package func completionScript(for shell: Shell) -> String {
        switch shell {
        case .bash: bashCompletion()
        case .zsh: zshCompletion()
        case .fish: fishCompletion()
        }
    }

    /// The program's name as part of a shell function's name.
    var functionName: String { "_" + root.about.name.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined() }
}

/// A word for a POSIX-like shell: nothing in it is special. Fish reads a backslash as special inside quotes.
func shellQuoted(_ text: String, fish: Bool = false) -> String {
    let text = fish ? text.replacing("\\", with: "\\\\") : text
    return "'" + text.replacing("'", with: fish ? "\\'" : "'\\''") + "'"
}

extension CommandNode {
    /// What can be typed here beginning with a dash.
    var visibleSpellings: [String] {
        options.map(\.declaration).filter { !$0.isHidden }.flatMap(\.spellings) + ["--help"]
            + (path.count == 1 ? ["--version"] : [])
    }
}

extension ParameterDeclaration {
    var spellings: [String] { [spelling] + (short.map { ["-\($0)"] } ?? []) }
}
