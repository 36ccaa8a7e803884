import FleetFiles
import FleetModel
import Foundation
import Testing

@Suite struct ProcedureLibraryTests {
    private func source(_ name: String, title: String, folder: String) -> ProcedureLibrary.Source {
        let text = """
            procedure: \(name)
            title: \(title)
            kind: survey
            types: [edge]
            versions: ["2013"]
            prepare:
              - { id: facts, title: t, call: Get-HostFact }
            """
        return ProcedureLibrary.Source(file: "\(folder)/\(name).yaml", text: text)
    }

    @Test func `a project's own file stands for the built-in one of its name`() throws {
        let library = try ProcedureLibrary(
            builtIn: [source("a", title: "built in", folder: "x")], own: [source("a", title: "own", folder: "y")],
            signatures: builtInSignatures())
        #expect(library.procedures.map(\.title) == ["own"])
    }

    @Test func `a project's own file goes before a built-in one that serves the same pool`() throws {
        let library = try ProcedureLibrary(
            builtIn: [source("a", title: "built in", folder: "x")], own: [source("z", title: "own", folder: "y")],
            signatures: builtInSignatures())
        #expect(library.procedure(.survey, type: .edge, version: .v2013)?.title == "own")
        #expect(library.procedure(.survey, type: .edge, version: .v2015) == nil)
        #expect(library.procedure(.gate, type: .edge, version: .v2013) == nil)
    }

    @Test func `the mistakes of all files are told at once`() throws {
        let broken = ["b", "a"].map { ProcedureLibrary.Source(file: "\($0).yaml", text: "procedure: \($0)\n") }
        let signatures = try builtInSignatures()
        do throws(Diagnostics) {
            _ = try ProcedureLibrary(builtIn: [], own: broken, signatures: signatures)
            Issue.record("accepted")
        } catch {
            #expect(Set(error.all.map(\.place.file)) == ["a.yaml", "b.yaml"])
            #expect(error.all.first?.place.file == "a.yaml")
        }
    }

    @Test func `a project's own files are found, and a project without any is in order`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try ProcedureLibrary.ownSources(project: folder.path).isEmpty)
        let below = folder.appendingPathComponent("templates/procedures")
        try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
        for name in ["b.yaml", "a.yaml", "note.txt"] {
            try Data("x".utf8).write(to: below.appendingPathComponent(name))
        }
        #expect(
            try ProcedureLibrary.ownSources(project: folder.path).map(\.file) == [
                "templates/procedures/a.yaml", "templates/procedures/b.yaml",
            ])
        try Data([0xFF]).write(to: below.appendingPathComponent("c.yaml"))
        #expect(throws: Diagnostics.self) { try ProcedureLibrary.ownSources(project: folder.path) }
    }
}
