package import Foundation

/// A lab with its project folder, up for one test and taken down after it.
package final class LabProject: Sendable {
    /// Everything of the test lies in here; gone with the last reference.
    package let folder: TemporaryFolder
    /// The project folder, which is the lab's folder too.
    package let path: String

    private init(_ folder: TemporaryFolder) {
        self.folder = folder
        path = folder["lab"]
    }

    /// Brings a lab up, does the test's work and takes the lab down, whatever comes.
    ///
    /// - Parameters:
    ///   - inventory: A file of `Tests/Support/Inventories`, without its ending; nil: the example of thirteen servers.
    ///   - transcripts: Whether every conversation is written to the folder `transcripts` beside the lab.
    package static func up<Result>(
        _ inventory: String? = nil, transcripts: Bool = false, _ body: (LabProject) async throws -> Result
    ) async throws -> Result {
        try await up(file: inventory.map(Inventories.path), transcripts: transcripts, body)
    }

    /// The same with an inventory file of any place.
    package static func up<Result>(
        file inventory: String?, transcripts: Bool = false, _ body: (LabProject) async throws -> Result
    ) async throws -> Result {
        let lab = LabProject(try TemporaryFolder())
        var words = ["lab", "up", lab.path]
        if let inventory { words += ["-i", inventory] }
        if transcripts { words += ["--transcripts", lab.folder["transcripts"]] }
        let result: Swift.Result<Result, any Error>
        do {
            let up = try await lab.certfleet(words)
            guard up.code == 0 else { throw LabFailure(description: "the lab did not come up: \(up)") }
            result = .success(try await body(lab))
        } catch { result = .failure(error) }
        _ = try? await lab.certfleet(["lab", "down", lab.path])
        return try result.get()
    }

    /// The environment of every program of this test.
    package var environment: [String: String] { BuiltProgram.environment(home: folder.path) }

    /// The tool with the words as they are.
    package func certfleet(_ words: [String], environment extra: [String: String] = [:]) async throws -> ProgramResult {
        try await BuiltProgram.run(
            BuiltProgram.path, words, environment: environment.merging(extra) { $1 }, folder: folder.path)
    }

    /// The tool on this project.
    package func run(_ words: String..., environment extra: [String: String] = [:]) async throws -> ProgramResult {
        try await certfleet(["--project", path] + words, environment: extra)
    }

    /// The tool on this project, to be watched while it runs.
    package func start(_ words: String...) throws -> LiveProgram {
        try LiveProgram(["--project", path] + words, environment: environment, folder: folder)
    }

    /// Any other program, for looking with eyes that are not ours.
    package func tool(_ program: String, _ words: String..., input: Data? = nil) async throws -> ProgramResult {
        try await BuiltProgram.run(
            program, words, environment: environment, folder: path,
            input: input)
    }

    /// Sets a fault of a host; the words after it are those of `lab fault`.
    package func fault(_ host: String, _ fault: String, _ more: [String] = []) async throws {
        let result = try await certfleet(["lab", "fault", path, host, fault] + more)
        guard result.code == 0 else { throw LabFailure(description: "no fault was set: \(result)") }
    }

    /// Takes back all faults of a host.
    package func clear(_ host: String) async throws { try await fault(host, "--clear") }

    /// What `lab show --json` says.
    package func show() async throws -> LabShown {
        let result = try await certfleet(["lab", "show", path, "--json"])
        return try JSONDecoder().decode(LabShown.self, from: Data(result.output.utf8))
    }

    /// The files of the lab and of the coordinator's project.
    package func tree() throws -> FolderTree { try FolderTree(path) }

    /// Changes the project's inventory.
    package func editInventory(_ change: (inout String) throws -> Void) throws {
        var text = try folder.read("lab/inventory/fleet.yml")
        try change(&text)
        try folder.write(text, to: "lab/inventory/fleet.yml")
    }

    /// The usages of a host, from its state folder.
    package func usages(_ host: String) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(folder.read("lab/hosts/\(host)/usages.json").utf8))
    }

    /// One line per agent process that was started on a host; none when it was never contacted.
    package func agents(_ host: String) throws -> [String] {
        guard let log = try? folder.read("lab/hosts/\(host)/agents.log") else { return [] }
        return log.split(separator: "\n").map(String.init)
    }

    /// The files of certificates that an authority of the lab has ever issued.
    package func issued(_ authority: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(path)/ca/\(authority)/issued").sorted()
    }
}

/// Why a lab could not be used.
package struct LabFailure: Error, CustomStringConvertible {
    package let description: String
}

/// `lab show --json`.
package struct LabShown: Decodable, Sendable {
    package struct Authority: Decodable, Sendable {
        package let name: String
        package let issued: String
    }
    package struct Port: Decodable, Sendable {
        package let usage: String
        package let `for`: Int
        package let port: Int
    }
    package struct Host: Decodable, Sendable {
        package let name: String
        package let fqdn: String
        package let pool: String
        package let address: String
        package let port: Int
        package let state: String
        package let tls: [Port]
    }
    package let version: Int
    package let root: String
    package let authorities: [Authority]
    package let hosts: [Host]
}

/// The small fleets of `Tests/Support/Inventories`.
package enum Inventories {
    /// The path of one, by its name without the ending.
    package static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Inventories/\(name).yml").path
    }
}
