import ChildProcess
package import Foundation

/// The program as it was built, started as its users start it: a process, words, two streams and an exit code.
package enum BuiltProgram {
    /// The tool lies beside the tests: the build puts all products into one folder.
    package static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("certfleet").path
    }()

    /// What a test's program finds around it, and nothing else: no terminal's habits, no agent, times in UTC.
    package static func environment(home: String) -> [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", "HOME": home,
            "TZ": "UTC", "LANG": "C.UTF-8",
        ]
    }

    /// Runs any program to its end, with a limit that only a hanging one reaches.
    package static func run(
        _ program: String, _ words: [String], environment: [String: String], folder: String? = nil,
        input: Data? = nil
    ) async throws -> ProgramResult {
        let command = ChildCommand(
            program, words, environment: environment, folder: folder,
            input: input.map { .bytes(Array($0)) } ?? .nothing,
            output: .captured(limit: 16 << 20), errors: .captured(limit: 16 << 20))
        return ProgramResult(try await command.run(limit: .seconds(180)))
    }
}

/// What a program left: its two streams and how it ended.
package struct ProgramResult: Sendable, CustomStringConvertible {
    package let output: String
    package let errors: String
    /// The exit code; 128 and the signal's number when a signal ended it, as a shell says it.
    package let code: Int32

    package init(output: String, errors: String, code: Int32) {
        self.output = output
        self.errors = errors
        self.code = code
    }

    init(_ result: ChildResult) {
        let code: Int32 =
            switch result.ending {
            case .exited(let code): code
            case .signalled(let number): 128 + number
            case .unknown: -1
            }
        self.init(output: result.output.text, errors: result.errors.text, code: code)
    }

    /// For a failed expectation: enough to see why.
    package var description: String {
        "exit \(code)\n--- stdout (end)\n\(output.suffix(1500))\n--- stderr (end)\n\(errors.suffix(3000))"
    }
}
