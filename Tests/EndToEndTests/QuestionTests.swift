import ChildProcess
import Foundation
import Synchronization
import TestSupport
import Testing

/// A terminal without a person: what a program writes to it is read, and keys are typed.
private final class PseudoTerminal: Sendable {
    private let keyboard: Int32
    /// The program's side.
    let line: Int32
    private let shown = Mutex("")

    init() throws {
        keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN, which Swift's Glibc leaves out: unlock it, and its number.
        var (locked, number): (Int32, UInt32) = (0, 0)
        try #require(ioctl(keyboard, 0x4004_5431, &locked) == 0 && ioctl(keyboard, 0x8004_5430, &number) == 0)
        line = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(line >= 0)
        _ = fcntl(keyboard, F_SETFL, fcntl(keyboard, F_GETFL) | O_NONBLOCK)
    }

    deinit {
        close(line)
        close(keyboard)
    }

    /// All that the program has shown.
    var text: String {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(keyboard, &buffer, buffer.count)
            guard count > 0 else { break }
            shown.withLock { $0 += String(decoding: buffer[..<count], as: UTF8.self) }
        }
        return shown.withLock { $0 }
    }

    func shows(_ words: String) async {
        while !text.contains(words) && !Task.isCancelled { await Task.yield() }
    }

    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(keyboard, bytes, bytes.count)
    }

    var echoes: Bool {
        var settings = termios()
        return tcgetattr(line, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func start(_ words: String..., in lab: LabProject) throws -> RunningChild {
        try RunningChild.start(
            ChildCommand(
                BuiltProgram.path, ["--project", lab.path] + words,
                environment: lab.environment.merging(["TERM": "xterm"]) { $1 }, folder: lab.path,
                input: .descriptor(line), output: .descriptor(line), errors: .descriptor(line)))
    }
}

/// Who is asked may also press Ctrl-C.
@Suite(.timeLimit(.minutes(1))) struct QuestionTests {
    /// A program that goes on waiting for an answer does not outlast the test.
    private func ended(_ run: RunningChild) async -> ChildEnding {
        await withTaskCancellationHandler {
            await run.wait().ending
        } onCancel: {
            run.kill()
        }
    }

    @Test func `Ctrl-C at the question ends it at once, and nothing is changed`() async throws {
        try await LabProject.up("two") { lab in
            let before = try lab.usages("fe01")
            let terminal = try PseudoTerminal()
            let run = try terminal.start("rollout", "fe-lyon", in: lab)
            await terminal.shows("Type yes: ")
            kill(run.pid, SIGINT)
            #expect(await ended(run) == .exited(130), "\(terminal.text)")
            #expect(terminal.text.contains("nothing was changed"))
            #expect(try lab.usages("fe01") == before)
            #expect(try await lab.run("runs", "list").output.contains("no run yet"))
        }
    }

    @Test func `Ctrl-C where a passphrase is typed leaves the terminal as it was`() async throws {
        try await LabProject.up("two") { lab in
            let locked = try await lab.tool(
                "ssh-keygen", "-q", "-p", "-f", "\(lab.path)/keys/client", "-P", "", "-N", "open sesame")
            #expect(locked.code == 0, "\(locked)")
            try lab.editInventory { text in
                text = text.replacing("key: keys/client\n", with: "key: keys/client\n              passphrase: pass\n")
                text += "secrets:\n  pass: { from: prompt, text: Passphrase }\n"
            }
            for (command, ending) in [("rollout", ChildEnding.exited(130)), ("plan", .signalled(SIGINT))] {
                let terminal = try PseudoTerminal()
                let run = try terminal.start(command, "fe-lyon", in: lab)
                await terminal.shows("Passphrase: ")
                while terminal.echoes && !Task.isCancelled { await Task.yield() }
                terminal.type("open\u{3}")
                #expect(await ended(run) == ending, "\(terminal.text)")
                #expect(terminal.echoes)
                #expect(!terminal.text.contains("open"))
            }
            let terminal = try PseudoTerminal()
            let run = try terminal.start("plan", "fe-lyon", in: lab)
            await terminal.shows("Passphrase: ")
            while terminal.echoes && !Task.isCancelled { await Task.yield() }
            terminal.type("open sesamy\u{7F}e\n")
            #expect(await ended(run) == .exited(0), "\(terminal.text)")
            #expect(terminal.echoes)
        }
    }
}
