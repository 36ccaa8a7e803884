import Foundation
import TestSupport
import Testing

/// The whole program, word for word: what its users read. `CERTFLEET_RECORD=1 swift test --filter CommandTests` writes
/// the transcripts anew; the difference is then looked at by a person.
struct TranscriptTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Transcripts").path

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }()

    private static var isRecording: Bool { ProcessInfo.processInfo.environment["CERTFLEET_RECORD"] == "1" }

    @Test func `there are transcripts`() { #expect(Self.names.count >= 6) }

    @Test(arguments: names)
    func `the program prints what the transcript says`(_ name: String) async throws {
        let file = "\(Self.folder)/\(name).txt"
        let expected = Transcript(try String(contentsOfFile: file, encoding: .utf8))
        #expect(!expected.entries.isEmpty)
        let folder = try TemporaryFolder()
        for inventory in ["one", "two", "ten-mistakes"] {
            try FileManager.default.copyItem(atPath: Inventories.path(inventory), toPath: folder["\(inventory).yml"])
        }
        var played = expected
        if let inventory = expected.lab {
            try await LabProject.up(inventory) { lab in
                for place in played.entries.indices {
                    try await Self.play(&played.entries[place], in: folder, lab: lab)
                }
            }
        } else {
            for place in played.entries.indices { try await Self.play(&played.entries[place], in: folder, lab: nil) }
        }
        if Self.isRecording {
            try Data(played.text.utf8).write(to: URL(fileURLWithPath: file))
            return
        }
        for (was, now) in zip(expected.entries, played.entries) {
            #expect(now.code == was.code, "\(name): \(was.command)")
            for (expected, found) in [(was.output, now.output), (was.errors, now.errors)] where expected != found {
                Issue.record("\(name): \(was.command)\n\(Self.difference(expected, found))")
            }
        }
    }

    private static func play(_ entry: inout Transcript.Entry, in folder: TemporaryFolder, lab: LabProject?) async throws
    {
        var words = entry.command.split(separator: " ").map(String.init)
        #expect(words.first == "certfleet")
        var volatile = Volatile()
        if let lab {
            words = words.map { $0 == "demo" ? lab.path : $0 }
            volatile.paths.append((lab.path, "demo"))
        }
        volatile.paths.append((folder.path, "HERE"))
        let result = try await BuiltProgram.run(
            BuiltProgram.path, Array(words.dropFirst()),
            environment: BuiltProgram.environment(home: folder.path), folder: folder.path)
        entry.output = volatile.replaced(result.output)
        entry.errors = volatile.replaced(result.errors)
        entry.code = result.code
        for stream in [\Transcript.Entry.output, \.errors] where !entry[keyPath: stream].isEmpty {
            if !entry[keyPath: stream].hasSuffix("\n") { entry[keyPath: stream] += "\n" }
        }
    }

    /// The first lines that differ.
    private static func difference(_ expected: String, _ found: String) -> String {
        let (was, now) = (expected.split(separator: "\n"), found.split(separator: "\n"))
        var lines: [String] = []
        for place in 0..<max(was.count, now.count) where lines.count < 12 {
            let (one, other) = (place < was.count ? was[place] : "", place < now.count ? now[place] : "")
            if one != other { lines += ["- \(one)", "+ \(other)"] }
        }
        return lines.joined(separator: "\n")
    }
}
