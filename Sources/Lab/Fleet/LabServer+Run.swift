@preconcurrency import Dispatch  // its sources are thread-safe, but not marked Sendable
import FoundationEssentials
import Glibc

extension LabServer {
    /// The daemon: `lab serve FOLDER`, until SIGTERM or SIGINT.
    ///
    /// Writes `ready` to standard output when every port is open, and words to standard error from then on.
    ///
    /// - Throws: As ``start(folder:program:log:)``; nothing listens then.
    package static func run(folder path: String, program: String) async throws {
        signal(SIGPIPE, SIG_IGN)
        let signals = Self.endings()
        let server = try start(folder: path, program: program, log: say)
        let folder = server.folder
        let control = try ControlSocket(in: folder) { line in
            guard line == "reload" else { return "error: unknown question" }
            do {
                try await server.reload()
                return "ok"
            } catch {
                return "error: \(error)"
            }
        }
        try StateFile.write(Data("\(getpid())\n".utf8), to: folder.pid)
        say("up, process \(getpid())")
        let ready = Array("ready\n".utf8)
        _ = write(STDOUT_FILENO, ready, ready.count)
        // Whoever started us waits for the end of this stream, not for ours.
        dup2(STDERR_FILENO, STDOUT_FILENO)
        for await number in signals {
            say("ending, signal \(number)")
            break
        }
        control.end()
        await server.stop()
        try StateFile.remove(folder.pid)
        say("down")
    }

    /// Two dispatch sources for the life of the daemon. A signal never hangs up: see ``DescriptorWatch`` for why it matters.
    private static func endings() -> AsyncStream<Int32> {
        let (stream, arrival) = AsyncStream<Int32>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrival.yield(number) }
            source.activate()
            return source
        }
        arrival.onTermination = { _ in sources.forEach { $0.cancel() } }
        return stream
    }

    /// One line with its time on standard error, in one call, so that lines of several threads do not mix.
    private static let say: @Sendable (String) -> Void = { text in
        let line = Array("\(Date().formatted(.iso8601)) \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
