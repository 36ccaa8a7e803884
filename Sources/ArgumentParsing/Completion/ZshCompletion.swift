extension Program {
    /// One function in the manner of the bash one, with descriptions.
    func zshCompletion() -> String {
        let cases = root.all.map { node in
            """
                \(shellQuoted(node.line)))
                  spellings=(\(described(node)))
                  case "$previous" in
            \(valueCases(of: node))
                  '')
            \(argumentCases(of: node))
                    ;;
                  esac
                  ;;
            """
        }
        let valueOptions = root.all.flatMap { node in
            node.options.map(\.declaration).filter { $0.role == .option }.flatMap(\.spellings)
                .map { shellQuoted("\(node.line) \($0)") }
        }
        let descents = root.all.dropFirst().map { shellQuoted($0.line) }
        return """
            #compdef \(root.about.name)
            \(functionName)() {
              local current=$words[CURRENT] previous= word path_=\(shellQuoted(root.about.name)) ended=
              local -i index=2 count=0
              local -a spellings offers
              local kind=
              while ((index < CURRENT)); do
                word=$words[index]
                if [[ -z $ended && $word == -- ]]; then
                  ended=1
                elif [[ -z $ended && $word == -?* ]]; then
                  case "$path_ $word" in
                  (\(valueOptions.isEmpty ? "''" : valueOptions.joined(separator: "|")))
                    ((index += 1))
                    ((index >= CURRENT)) && previous=$word
                    ;;
                  esac
                else
                  case "$path_ $word" in
                  (\(descents.joined(separator: "|"))) path_="$path_ $word" ;;
                  (*) ((count += 1)) ;;
                  esac
                fi
                ((index += 1))
              done
              # --name=value is one word here: complete the part behind the equals sign.
              if [[ -z $previous && -z $ended && $current == --*=* ]]; then
                previous=${current%%=*}
                compset -P '*='
              fi
              case "$path_" in
            \(cases.joined(separator: "\n"))
              esac
              if [[ -z $previous && -z $ended && $current == -* ]]; then
                _describe option spellings
                return
              fi
              case $kind in
              words) _describe value offers ;;
              files) _files ;;
              folders) _files -/ ;;
              esac
            }
            if [[ $funcstack[1] == \(functionName) ]]; then
              \(functionName) "$@"
            else
              compdef \(functionName) \(root.about.name)
            fi

            """
    }

    private func described(_ node: CommandNode) -> String {
        var items = node.options.map(\.declaration).filter { !$0.isHidden }.flatMap { option in
            option.spellings.map { item($0, option.help) }
        }
        items.append(item("--help", "show this help"))
        if node.path.count == 1 { items.append(item("--version", "show the version")) }
        return items.joined(separator: " ")
    }

    private func valueCases(of node: CommandNode) -> String {
        node.options.map(\.declaration).filter { $0.role == .option && $0.completion != .nothing }.map {
            "      \($0.spellings.joined(separator: "|"))) \(offer($0.completion)) ;;"
        }.joined(separator: "\n")
    }

    private func argumentCases(of node: CommandNode) -> String {
        if node.isGroup {
            let items = node.visibleChildren.map { item($0.about.name, $0.about.summary) }
            return "        kind=words offers=(\(items.joined(separator: " ")))"
        }
        let cases = node.arguments.map(\.declaration).enumerated().map { place, argument in
            "        \(argument.isRepeated ? "*" : "\(place)")) \(offer(argument.completion)) ;;"
        }
        return (["        case $count in"] + cases + ["        esac"]).joined(separator: "\n")
    }

    private func offer(_ completion: Completion) -> String {
        switch completion {
        case .nothing: ":"
        case .files: "kind=files"
        case .folders: "kind=folders"
        case .words(let words): "kind=words offers=(\(words.map { item($0, "") }.joined(separator: " ")))"
        }
    }

    /// `word:description`, in which a colon of the word is escaped.
    private func item(_ word: String, _ help: String) -> String {
        let escaped = word.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        return shellQuoted(help.isEmpty ? escaped : "\(escaped):\(help)")
    }
}
