extension Program {
    /// One function: it walks over the words before the cursor to find the command and the number of its arguments,
    /// then offers what the tables of that command say.
    func bashCompletion() -> String {
        let body = root.all.map { node in
            """
                    \(shellQuoted(node.line)))
                        options=\(shellQuoted(node.visibleSpellings.joined(separator: " ")))
            \(valueCases(of: node))
            \(argumentCases(of: node))
                        ;;
            """
        }
        return """
            # bash completion for \(root.about.name)
            \(functionName)() {
                local current=${COMP_WORDS[COMP_CWORD]} previous= options= kind= words= word
                local path=\(shellQuoted(root.about.name)) index count=0 ended=
                COMPREPLY=()
                for ((index = 1; index < COMP_CWORD; index++)); do
                    word=${COMP_WORDS[index]}
                    previous=
                    if [[ -z $ended && $word == -- ]]; then ended=1; continue; fi
                    if [[ -z $ended && $word == -?* ]]; then
                        case "$path $word" in
            \(walkCases)
                        esac
                        continue
                    fi
                    case "$path $word" in
                        \(descentPatterns)) path="$path $word" ;;
                        *) ((count++)) ;;
                    esac
                done
                # Bash cuts --name=value into three words; the equals sign is one of them.
                if [[ $current == = ]]; then current=; fi
                case "$path" in
            \(body.joined(separator: "\n"))
                esac
                if [[ -z $previous && -z $ended && $current == -* ]]; then kind=words; words=$options; fi
                case "$kind" in
                    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
                    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
                    folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
                esac
            }
            complete -F \(functionName) \(root.about.name)

            """
    }

    /// For an option that takes its value from the next word: remember it, and step over the value.
    private var walkCases: String {
        let patterns = root.all.flatMap { node in
            node.options.map(\.declaration).filter { $0.role == .option }.flatMap(\.spellings)
                .map { shellQuoted("\(node.line) \($0)") }
        }
        let patternList = patterns.isEmpty ? "''" : patterns.joined(separator: "|")
        return """
                            \(patternList))
                                [[ ${COMP_WORDS[index + 1]} == = && $((index + 1)) -lt $COMP_CWORD ]] && ((index++))
                                ((index++))
                                ((index >= COMP_CWORD)) && previous=$word ;;
            """
    }

    private var descentPatterns: String {
        root.all.dropFirst().map { shellQuoted($0.line) }.joined(separator: "|")
    }

    private func valueCases(of node: CommandNode) -> String {
        let cases = node.options.map(\.declaration).filter { $0.role == .option && $0.completion != .nothing }.map {
            "                \($0.spellings.joined(separator: "|"))) \(offer($0.completion)) ;;"
        }
        return (["            case \"$previous\" in"] + cases + ["                '')"]).joined(separator: "\n")
    }

    private func argumentCases(of node: CommandNode) -> String {
        var lines: [String] = []
        if node.isGroup {
            lines.append("                    \(offer(.words(node.visibleChildren.map(\.about.name))))")
        } else {
            lines.append("                    case $count in")
            for (place, argument) in node.arguments.map(\.declaration).enumerated() {
                let pattern = argument.isRepeated ? "*" : "\(place)"
                lines.append("                        \(pattern)) \(offer(argument.completion)) ;;")
            }
            lines.append("                    esac")
        }
        return (lines + ["                    ;;", "            esac"]).joined(separator: "\n")
    }

    private func offer(_ completion: Completion) -> String {
        switch completion {
        case .nothing: ":"
        case .files: "kind=files"
        case .folders: "kind=folders"
        case .words(let words): "kind=words words=\(shellQuoted(words.joined(separator: " ")))"
        }
    }
}
