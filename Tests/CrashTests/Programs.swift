import ChildProcess
import Foundation

/// The programs of this package, which are built into the same folder as the tests.
enum Programs {
    static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TZ": "UTC", "LANG": "C.UTF-8"]

    static func command(_ name: String, _ words: [String]) throws -> ChildCommand {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
        return ChildCommand(path, words, environment: environment)
    }

    static func run(_ name: String, _ words: [String]) async throws -> ChildResult {
        try await command(name, words).run(limit: .seconds(120))
    }
}

extension ChildResult {
    /// For a failure's words.
    var said: String { "\(ending)\n\(errors.text)" }
}
