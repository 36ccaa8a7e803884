import ChildProcess
import Testing

@Suite(.timeLimit(.minutes(1))) struct ManyChildrenTests {
    @Test func `hundreds of children on many threads come and go`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let result = try await ChildCommand(
                        "/bin/sh", ["-c", "echo \(number); echo err >&2"], environment: ["PATH": "/usr/bin:/bin"]
                    ).run()
                    return result.output.text == "\(number)\n" && result.errors.text == "err\n"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
