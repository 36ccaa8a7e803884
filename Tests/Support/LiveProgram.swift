import ChildProcess
import Foundation
import Glibc

/// A program that is still running: what it says is read line by line, so that a test can act in the middle.
package final class LiveProgram: Sendable {
    private let child: RunningChild
    private let lines: AsyncStream<String>
    private let output: String
    private let errors: String

    /// Starts it. Its outputs go to files of `folder`, whose growth is followed.
    package init(
        _ words: [String], program: String = BuiltProgram.path, environment: [String: String], folder: TemporaryFolder
    ) throws {
        let tag = UUID().uuidString
        output = folder["\(tag).out"]
        errors = folder["\(tag).err"]
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EIO) }
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        lines = stream
        let record = open(errors, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        LiveProgram.follow(ends[0], record: record, into: continuation)
        defer { close(ends[1]) }
        child = try RunningChild.start(
            ChildCommand(
                program, words, environment: environment, output: .appended(path: output),
                errors: .descriptor(ends[1])))
    }

    private static func follow(_ end: Int32, record: Int32, into lines: AsyncStream<String>.Continuation) {
        // A thread of its own, which ends with the program: blocking is what it is for.
        Thread.detachNewThread {
            var rest: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(end, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                _ = write(record, buffer, count)
                rest += buffer[..<count]
                while let newline = rest.firstIndex(of: 10) {
                    lines.yield(String(decoding: rest[..<newline], as: UTF8.self))
                    rest.removeFirst(newline + 1)
                }
            }
            close(end)
            close(record)
            lines.finish()
        }
    }

    /// Its process id.
    package var pid: Int32 { child.pid }

    /// The next line of standard error that holds these words; nil when the program ended without it.
    @discardableResult
    package func line(with words: String) async -> String? {
        for await line in lines where line.contains(words) { return line }
        return nil
    }

    /// Sends a signal, as a terminal or an administrator would.
    package func signal(_ number: Int32) { Glibc.kill(child.pid, number) }

    /// Waits for its end.
    package func ended() async throws -> ProgramResult {
        let ending = await child.wait()
        for await _ in lines {}
        func text(_ path: String) -> String {
            String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        let code = ProgramResult(ending).code
        return ProgramResult(output: text(output), errors: text(errors), code: code)
    }
}
