import Glibc

/// Lines that somebody types at the process's terminal. Whoever is asked can be interrupted.
enum Questions {
    /// The ends of a pipe: once something is in it, no question is asked any more.
    private static let ending: (reader: Int32, writer: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }()

    /// Ends a question that is open, and all to come: their answer is nil.
    static func end() {
        var byte: UInt8 = 1
        _ = Glibc.write(ending.writer, &byte, 1)
    }

    /// Asks on standard error; a line of standard input without its line feed, nil at its end or when interrupted.
    static func line(_ question: String) -> String? {
        Streams.write(question, to: STDERR_FILENO)
        var line: [UInt8] = []
        while let byte = nextByte() {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty || hasEnded(within: 0) ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Asks without showing what is typed.
    ///
    /// The terminal hands over each key, Ctrl-C too: it is the system's to act on only after the terminal is as it was.
    static func secret(_ question: String) -> String? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        Streams.write(question, to: STDERR_FILENO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        var keys = SecretKeys()
        while keys.ending == nil, let byte = nextByte() { keys.take(byte) }
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        Streams.write("\n", to: STDERR_FILENO)
        guard keys.ending == .interrupted else { return keys.text }
        kill(getpid(), SIGINT)
        // Whoever handles the signal says so here, before anybody takes the missing secret for a fault.
        _ = hasEnded(within: 1000)
        return nil
    }

    /// nil at the end of the input and when interrupted.
    private static func nextByte() -> UInt8? {
        var waited = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ending.reader, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&waited, 2, -1)
            if count < 0 && errno == EINTR { continue }
            guard count > 0, waited[1].revents == 0 else { return nil }
            var byte: UInt8 = 0
            let got = read(STDIN_FILENO, &byte, 1)
            if got < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            return got == 1 ? byte : nil
        }
    }

    private static func hasEnded(within milliseconds: Int32) -> Bool {
        var waited = pollfd(fd: ending.reader, events: Int16(POLLIN), revents: 0)
        return poll(&waited, 1, milliseconds) > 0
    }
}

/// The keys of a line that is typed unseen.
struct SecretKeys {
    enum Ending { case line, none, interrupted }

    private var bytes: [UInt8] = []
    private(set) var ending: Ending?

    mutating func take(_ key: UInt8) {
        switch key {
        case 0x03: ending = .interrupted
        case 0x04: ending = bytes.isEmpty ? Ending.none : .line
        case 0x0A, 0x0D: ending = .line
        case 0x08, 0x7F:
            // A character may be several bytes; those after its first have 10 in front.
            while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        case 0x15: bytes = []
        default: bytes.append(key)
        }
    }

    /// nil without a line.
    var text: String? { ending == .line ? String(decoding: bytes, as: UTF8.self) : nil }
}
