extension Program {
    /// A helper that finds the command among the words typed, and one `complete` line per thing to offer.
    func fishCompletion() -> String {
        let name = root.about.name
        let at = "_\(functionName)_at"
        var lines = ["complete -c \(name) -f"]
        for node in root.allVisible {
            lines += node.visibleChildren.map { child in
                line(at, node, "", "-a \(fish(child.about.name)) -d \(fish(child.about.summary))")
            }
            for (place, argument) in node.arguments.map(\.declaration).enumerated() where !argument.isHidden {
                let offer = offer(argument.completion)
                if !offer.isEmpty { lines.append(line(at, node, argument.isRepeated ? "" : "\(place)", offer)) }
            }
            lines += node.options.map(\.declaration).filter { !$0.isHidden }.map { option in
                let short = option.short.map { "-s \(fish(String($0))) " } ?? ""
                // -x is -r without names of files.
                let takes = option.completion == .files ? "-r" : "-x"
                let value = option.role == .flag ? "" : " \(takes) \(offer(option.completion))"
                return line(at, node, "", "\(short)-l \(fish(option.name)) -d \(fish(option.help))\(value)")
            }
            lines.append(line(at, node, "", "-s h -l help -d 'show this help'"))
        }
        lines.append(line(at, root, "", "-l version -d 'show the version'"))
        return fishWalk(named: at) + lines.map(trimmed).joined(separator: "\n") + "\n"
    }

    private func fishWalk(named at: String) -> String {
        let valueOptions = root.all.flatMap { node in
            node.options.map(\.declaration).filter { $0.role == .option }.flatMap(\.spellings)
                .map { fish("\(node.line) \($0)") }
        }
        let descents = root.all.dropFirst().map { fish($0.line) }
        return """
            # fish completion for \(root.about.name)
            # True when the words before the cursor lead to the command given, with as many arguments as given.
            function \(at)
                set -l words (commandline -opc)
                set -l path \(fish(root.about.name))
                set -l count 0
                set -l skip 0
                for word in $words[2..-1]
                    if test $skip = 1
                        set skip 0
                    else if string match -q -- '-*' $word
                        if contains -- "$path $word" \(valueOptions.joined(separator: " "))
                            set skip 1
                        end
                    else if contains -- "$path $word" \(descents.joined(separator: " "))
                        set path "$path $word"
                    else
                        set count (math $count + 1)
                    end
                end
                test "$path" = $argv[1]; and begin
                    test -z "$argv[2]"; or test "$count" = "$argv[2]"
                end
            end

            """
    }

    private func line(_ at: String, _ node: CommandNode, _ count: String, _ rest: String) -> String {
        let condition = "\(at) \"\(node.line)\"" + (count.isEmpty ? "" : " \(count)")
        return "complete -c \(root.about.name) -n \(fish(condition)) \(rest)"
    }

    private func offer(_ completion: Completion) -> String {
        switch completion {
        case .nothing: ""
        case .files: "-F"
        case .folders: "-a '(__fish_complete_directories)'"
        case .words(let words): "-a \(fish(words.joined(separator: " ")))"
        }
    }

    private func fish(_ text: String) -> String { shellQuoted(text, fish: true) }

    private func trimmed(_ line: String) -> String {
        line.hasSuffix(" ") ? trimmed(String(line.dropLast())) : line
    }
}
