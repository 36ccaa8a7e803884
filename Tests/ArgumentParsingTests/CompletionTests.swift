import ArgumentParsing
import Foundation
import Testing

/// What a shell offers at the end of the words; the last word is the one being typed.
private func offers(_ shell: Shell, _ words: [String]) throws -> Set<String> {
    let script = sample().completionScript(for: shell)
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let question =
        switch shell {
        case .bash:
            "compopt() { echo $2; }; COMP_WORDS=(tool \(list)); COMP_CWORD=\(words.count); _tool; "
                + #"printf '%s\n' "${COMPREPLY[@]}""#
        case .zsh: "words=(tool \(list)); CURRENT=\(words.count + 1); _tool"
        case .fish: "complete -C 'tool \(words.joined(separator: " "))'"
        }
    // Outside of a completion zsh lacks its completion functions; these print what they are asked to offer.
    let stubs = "compdef() { }; compset() { }; _files() { print files $@ }; _describe() { print -rl -- ${(P)2} };"
    let text = try output(
        of: shell.rawValue, (shell == .zsh ? stubs + "\n" : "") + script + "\n" + question)
    let lines = text.split(separator: "\n").map { String($0.prefix { $0 != "\t" && $0 != ":" }) }
    guard shell == .zsh, let typed = words.last, !typed.contains("=") else { return Set(lines) }
    return Set(lines.filter { $0.hasPrefix(typed) })
}

private func output(of shell: String, _ script: String) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
        switch shell {
        case "bash": ["bash", "--norc", "--noprofile", "-c", script]
        case "zsh": ["zsh", "-f", "-c", script]
        default: ["fish", "--no-config", "-c", script]
        }
    // An empty folder, so that names of files do not join the offers.
    let folder = FileManager.default.temporaryDirectory.appending(path: "completion-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    process.currentDirectoryURL = folder
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
}

private let present: [Shell] = Shell.allCases.filter { shell in
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains {
        FileManager.default.isExecutableFile(atPath: $0 + shell.rawValue)
    }
}

@Suite struct `Completion` {
    @Test(arguments: present) func `offers the commands of each level`(shell: Shell) throws {
        #expect(try offers(shell, ["pl"]) == ["plan"])
        #expect(try offers(shell, ["lab", ""]) == ["fault", "sign"])
        #expect(try offers(shell, ["--project", "lab", "la"]) == ["lab"])
        #expect(try offers(shell, ["-i", "plan", "lab", "s"]) == ["sign"])
    }

    @Test(arguments: present) func `offers the options of the command, hidden ones not`(shell: Shell) throws {
        #expect(try offers(shell, ["lab", "fault", "--"]) == ["--clear", "--at", "--times", "--help"])
        #expect(try offers(shell, ["--v"]) == ["--version"])
        #expect(try offers(shell, ["plan", "--t"]) == [])
        #expect(try offers(shell, ["plan", "east", "--pro"]) == ["--project"])
    }

    @Test(arguments: present) func `offers the choices of an option or argument at its place`(shell: Shell) throws {
        #expect(try offers(shell, ["plan", "--format", ""]) == ["text", "json", "html"])
        #expect(try offers(shell, ["plan", "x", "--accept", "n"]) == ["name-lost", "new-key"])
        #expect(try offers(shell, ["lab", "fault", "--at", "3", "host", "l"]) == ["late"])
        #expect(try offers(shell, ["lab", "fault", "l"]) == [])
    }

    @Test func `knows in bash the value behind an equals sign, and files`() throws {
        #expect(try offers(.bash, ["plan", "--format", "=", "j"]) == ["json"])
        #expect(try offers(.bash, ["plan", "--format", "="]) == ["text", "json", "html"])
        #expect(try offers(.bash, ["--project", "=", "x", "lab", "f"]) == ["fault"])
        #expect(try offers(.bash, ["plan", "-o", ""]) == ["filenames"])
        #expect(try offers(.bash, ["plan", "--", "--f"]) == [])
    }
}
