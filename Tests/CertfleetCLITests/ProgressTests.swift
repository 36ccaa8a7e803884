import FleetModel
import FoundationEssentials
import Synchronization
import Testing

@testable import CertfleetCLI

/// The live picture beside other words on the same terminal.
struct ProgressTests {
    /// What a terminal shows after what was written to it: the few sequences that the picture uses.
    private final class Screen: Sendable {
        private let state = Mutex((lines: [""], row: 0))

        func take(_ text: String) {
            state.withLock { state in
                var rest = text[...]
                while let next = rest.first {
                    if let match = rest.prefixMatch(of: #/\u{1B}\[(\d*)([AJK])/#) {
                        switch match.2 {
                        case "A": state.row -= Int(match.1) ?? 1
                        case "J": state.lines.removeSubrange((state.row + 1)...)
                        default: break
                        }
                        if match.2 != "A" { state.lines[state.row] = "" }
                        rest = rest[match.range.upperBound...]
                        continue
                    }
                    rest = rest.dropFirst()
                    switch next {
                    case "\r": break
                    case "\n":
                        state.row += 1
                        if state.row == state.lines.count { state.lines.append("") }
                    default: state.lines[state.row].append(next)
                    }
                }
            }
        }

        var text: String { state.withLock { $0.lines.joined(separator: "\n") } }

        func terminal(answering answer: @escaping @Sendable () -> String? = { nil }) -> Terminal {
            Terminal(
                write: take, say: take,
                ask: { [self] question in
                    take(question)
                    return answer()
                }, isInteractive: true, isErrorTerminal: true, isOutputTerminal: true, colour: false)
        }
    }

    private func progress(_ terminal: Terminal) -> Progress {
        Progress(command: "rollout fe", pools: [("fe", ["fe01"])], terminal: terminal)
    }

    private let picture = "rollout fe\nfe  1 waiting\n  fe01  · waiting\n"

    @Test func `words said meanwhile stand above the picture, and a typed Ctrl-C is wiped away`() {
        let screen = Screen()
        let progress = progress(screen.terminal())
        progress.draw()
        #expect(screen.text == picture)
        screen.take("^C")
        progress.aside.say("stopping\n")
        #expect(screen.text == "stopping\n")
        progress.draw()
        #expect(screen.text == "stopping\n" + picture)
        screen.take("^C")
        progress.draw()
        #expect(screen.text == "stopping\n" + picture)
        progress.aside.write("data\n")
        progress.draw()
        #expect(screen.text == "stopping\ndata\n" + picture)
    }

    @Test func `no picture is drawn over a question, and events go on`() {
        let screen = Screen()
        let drawer = Mutex<Progress?>(nil)
        let terminal = screen.terminal {
            drawer.withLock { $0 }?.see(RunEvent(time: Date(), kind: .surveyed(host: "fe01")))
            drawer.withLock { $0 }?.draw()
            return "secret"
        }
        let progress = progress(terminal)
        drawer.withLock { $0 = progress }
        progress.draw()
        #expect(progress.aside.ask("Password: ") == "secret")
        #expect(screen.text == "Password: ")
        screen.take("\n")
        progress.draw()
        #expect(screen.text == "Password: \n" + picture)
        drawer.withLock { $0 = nil }
    }

    @Test func `a question can be ended, and whoever ends it is told whether one was open`() {
        let screen = Screen()
        let ended = Mutex(0)
        let drawer = Mutex<Progress?>(nil)
        var terminal = screen.terminal { drawer.withLock { $0 }?.endQuestion() == true ? "open" : "none" }
        terminal.endQuestions = { ended.withLock { $0 += 1 } }
        let progress = progress(terminal)
        drawer.withLock { $0 = progress }
        #expect(progress.aside.ask("Password: ") == "open")
        #expect(!progress.endQuestion())
        #expect(ended.withLock { $0 } == 2)
        drawer.withLock { $0 = nil }
    }

    @Test(arguments: [
        ("hunter2\n", "hunter2"), ("hunter2\r", "hunter2"), ("hé\u{7F}\u{7F}\u{7F}\u{7F}ab\u{8}\n", "a"),
        ("ab\u{15}c\n", "c"),
        ("\n", ""), ("ab\u{4}", "ab"), ("\u{4}", nil), ("ab\u{3}", nil), ("ab", nil),
    ])
    func `a line that is typed unseen can be mended`(keys: String, text: String?) {
        var line = SecretKeys()
        for byte in keys.utf8 where line.ending == nil { line.take(byte) }
        #expect(line.text == text)
        #expect((line.ending == .interrupted) == keys.contains("\u{3}"))
    }

    @Test func `what is not a terminal gets the words as they are`() {
        let screen = Screen()
        var terminal = screen.terminal()
        terminal.isErrorTerminal = false
        let progress = progress(terminal)
        progress.aside.say("one\n")
        #expect(screen.text == "one\n")
    }
}
