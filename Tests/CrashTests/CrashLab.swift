import ChildProcess
import Foundation
import TestSupport

/// A lab of a test's own, with pictures of its states to go back to.
///
/// Its daemon keeps nothing in memory but its ports, and looks each host's state up anew for every connection: between
/// two commands the folders may be exchanged while it runs.
struct CrashLab: Sendable {
    let path: String
    let plan: CrashCase
    private let folder: TemporaryFolder
    /// What a command may change; all else of the lab stays the same.
    private static let kept = ["hosts", "ca", "drop", "state"]

    static func up(_ plan: CrashCase) async throws -> CrashLab {
        let folder = try TemporaryFolder()
        let lab = CrashLab(path: folder["lab"], plan: plan, folder: folder)
        let inventory = try folder.write(plan.inventory, to: "inventory.yml")
        let up = try await Programs.run(
            "certfleet", ["lab", "up", lab.path, "--inventory", inventory, "--transcripts", lab.transcripts])
        guard up.ending.isSuccess else { throw Problem(description: "lab up: \(up.said)") }
        for file in plan.removedAtFirst {
            for name in try lab.names(file) {
                try FileManager.default.removeItem(atPath: "\(lab.path)/\(file)/\(name)")
            }
        }
        try lab.keep(as: "first")
        return lab
    }

    /// Takes a picture of everything that a command may change; nothing runs meanwhile.
    func keep(as picture: String) throws {
        for part in Self.kept where FileManager.default.fileExists(atPath: "\(path)/\(part)") {
            try FileManager.default.copyItem(atPath: "\(path)/\(part)", toPath: folder["\(picture)-\(part)"])
        }
    }

    /// Everything as it was in the picture; the first is that of the lab before any run.
    func restore(_ picture: String = "first") throws {
        for part in Self.kept {
            try remove("\(path)/\(part)")
            guard FileManager.default.fileExists(atPath: folder["\(picture)-\(part)"]) else { continue }
            try FileManager.default.copyItem(atPath: folder["\(picture)-\(part)"], toPath: "\(path)/\(part)")
        }
        try remove(transcripts)
    }

    private func remove(_ folder: String) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try FileManager.default.removeItem(atPath: folder)
    }

    func down() async throws { _ = try await Programs.run("certfleet", ["lab", "down", path]) }

    // MARK: Commands

    func certfleet(_ words: String...) async throws -> ChildResult {
        try await Programs.run("certfleet", ["--project", path] + words)
    }

    /// The case's command, or another, in a process that kills itself at the boundary; `nil`: undisturbed.
    func crash(at boundary: Int?, list: String? = nil, words command: [String]? = nil) async throws -> ChildResult {
        var words = boundary.map { ["--at", String($0)] } ?? []
        if let list { words += ["--list", list] }
        return try await Programs.run("CrashRunner", words + ["--", "--project", path] + (command ?? plan.command))
    }

    /// The same, killed before the first outcome of a step is written; the step as the boundaries name it.
    func crash(atOutcomeOf step: String) async throws -> ChildResult {
        try await Programs.run("CrashRunner", ["--at-outcome", step, "--", "--project", path] + plan.command)
    }

    /// The boundaries of an undisturbed run of the case's command, or of another, in their order.
    func boundaries(words: [String]? = nil, ending code: Int32 = 0) async throws -> [String] {
        let list = folder["boundaries"]
        try remove(list)
        let run = try await crash(at: nil, list: list, words: words)
        guard run.ending == .exited(code) else { throw Problem(description: "undisturbed run: \(run.said)") }
        return try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Plays the clerk of the drop folder.
    func sign() async throws -> ChildResult { try await Programs.run("certfleet", ["lab", "sign", path]) }

    // MARK: Faults

    /// The call of a step is received, the line is cut, and only some time later the call does its work.
    func cut(_ host: String, at step: String, worksAfter seconds: Double) throws {
        let text = #"[{"fault":"cut-after","step":"\#(step)","times":1,"seconds":\#(seconds)}]"#
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/hosts/\(host)/faults.json"))
    }

    // MARK: Files

    var transcripts: String { folder["transcripts"] }

    func names(_ folder: String) throws -> [String] {
        let path = "\(path)/\(folder)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    func data(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }

    func map(_ file: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: data(file))
    }

    struct Problem: Error, CustomStringConvertible { var description: String }
}
