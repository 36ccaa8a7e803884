import Foundation

/// A file of `Transcripts/`: commands, each with what it printed and how it ended.
///
///     lab: one                      the fleet of Tests/Support/Inventories to play; absent: no lab
///     $ certfleet plan se-nice      a command, as it is typed in the folder above the lab's
///     plan for …                    its standard output
///     --- stderr
///     …
///     --- exit 0
struct Transcript: Equatable {
    struct Entry: Equatable {
        var command: String
        var output = ""
        var errors = ""
        var code: Int32 = 0
    }

    /// Comments and `lab:`, as they stand at the top.
    var head: [String] = []
    var entries: [Entry] = []

    init(_ text: String) {
        var target = Target.output
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("$ ") {
                entries.append(Entry(command: String(line.dropFirst(2))))
                target = .output
            } else if entries.isEmpty {
                head.append(line)
            } else if line == "--- stderr" {
                target = .errors
            } else if line.hasPrefix("--- exit ") {
                entries[entries.count - 1].code = Int32(line.dropFirst(9)) ?? -1
                target = .nothing
            } else {
                switch target {
                case .output: entries[entries.count - 1].output += line + "\n"
                case .errors: entries[entries.count - 1].errors += line + "\n"
                case .nothing: break
                }
            }
        }
    }

    private enum Target { case output, errors, nothing }

    /// The fleet to play.
    var lab: String? {
        head.first { $0.hasPrefix("lab: ") }.map { String($0.dropFirst(5)) }
    }

    /// The file's text.
    var text: String {
        var text = head.joined(separator: "\n") + "\n"
        for entry in entries {
            text += "$ \(entry.command)\n\(entry.output)"
            if !entry.errors.isEmpty { text += "--- stderr\n\(entry.errors)" }
            text += "--- exit \(entry.code)\n\n"
        }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }
}
