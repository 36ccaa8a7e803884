import FleetModel
import Foundation
import Testing

@testable import Journaling

@Suite struct StateLockTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func `the second writer is told who holds the lock, and gets it when the first is gone`() throws {
        do {
            let first = try StateLock(folder: scratch.path, command: "renew --due 60d")
            let error = #expect(throws: JournalError.self) { _ = try StateLock(folder: scratch.path, command: "push") }
            #expect(error?.code == .locked && error?.exitCode == .locked)
            #expect(error?.message.hasSuffix("in use by process \(getpid()) (renew --due 60d)") == true)
            withExtendedLifetime(first) {}
        }
        _ = try StateLock(folder: scratch.path, command: "push")
    }

    @Test func `a lock that is let go is free, although a child that is being started shares the open file`() throws {
        var lock: StateLock? = try StateLock(folder: scratch.path, command: "renew")
        // What a child has between fork and exec.
        let shared = try #require(
            (3..<4096).first {
                let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
                return path == scratch.path + "/lock"
            }.map { dup(Int32($0)) })
        defer { close(shared) }
        withExtendedLifetime(lock) {}
        lock = nil
        _ = try StateLock(folder: scratch.path, command: "plan")
    }

    @Test func `what a crash left in the lock file holds nobody up`() throws {
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        try Data("99999 rollout\n".utf8).write(to: URL(fileURLWithPath: scratch.path + "/lock"))
        _ = try StateLock(folder: scratch.path, command: "push")
    }

    @Test func `a state folder that cannot be made is an error that names it`() throws {
        try Data().write(to: URL(fileURLWithPath: scratch.path))
        let error = #expect(throws: JournalError.self) {
            _ = try StateLock(folder: scratch.path + "/state", command: "push")
        }
        #expect(error?.code == .noFolder && error?.exitCode == .cannotWriteState)
        #expect(error?.message.contains(scratch.path) == true)
    }
}

@Suite struct UnfinishedHostsTests {
    func key(_ host: String, _ order: String = "p/a", _ part: StepKey.Part = .prepare) -> StepKey {
        StepKey(host: host, subject: order, part: part, step: "s")
    }

    func history(_ kinds: [RunEvent.Kind]) -> RunHistory {
        RunHistory(kinds.map { RunEvent(time: noon, kind: $0) })
    }

    @Test func `a host is complete when all it prepared was switched well`() {
        let done: [RunEvent.Kind] = [
            .intent(key("a"), call: "", names: [:]), .outcome(key("a"), StepOutcome(.done)),
            .switchBegan(pool: "p", host: "a", orders: ["p/a"]),
            .switchEnded(pool: "p", host: "a", orders: ["p/a"], fault: nil),
        ]
        #expect(history(Array(done.prefix(2))).incompleteHosts == ["a"])
        #expect(history(Array(done.prefix(3))).incompleteHosts == ["a"])
        #expect(history(done).incompleteHosts == [])
        let other: [RunEvent.Kind] = [
            .intent(key("a", "p/b"), call: "", names: [:]), .outcome(key("a", "p/b"), StepOutcome(.done)),
        ]
        #expect(history(done + other).incompleteHosts == ["a"])
        #expect(history(done + other.prefix(1)).incompleteHosts == ["a"])
    }
}
