package import CmdletSignatures
package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// All procedures in force: a project's own, then the built-in ones.
package struct ProcedureLibrary: Sendable {
    /// A procedure's file, read but not understood.
    package struct Source: Sendable {
        /// The name that places bear.
        package var file: String
        package var text: String

        package init(file: String, text: String) {
            self.file = file
            self.text = text
        }
    }

    /// The project's own first; a built-in one of the same name is left out.
    package let procedures: [Procedure]

    /// Reads all files.
    ///
    /// - Parameters:
    ///   - builtIn: The files of `templates/procedures/` that the program brings along.
    ///   - own: A project's own files; they go before the built-in ones.
    /// - Throws: ``Diagnostics`` with the mistakes of all files.
    package init(builtIn: [Source], own: [Source] = [], signatures: SignatureTable) throws(Diagnostics) {
        var mistakes: [Diagnostic] = []
        var found: [Procedure] = []
        for source in own.sorted(by: { $0.file < $1.file }) + builtIn.sorted(by: { $0.file < $1.file }) {
            do throws(Diagnostics) {
                let procedure = try ProcedureFile.parse(text: source.text, file: source.file, signatures: signatures)
                if !found.contains(where: { $0.name == procedure.name }) { found.append(procedure) }
            } catch {
                mistakes += error.all
            }
        }
        guard mistakes.isEmpty else { throw Diagnostics(mistakes) }
        procedures = found
    }

    /// The first procedure that serves a pool of this type and version; for certificates also this sharing.
    package func procedure(
        _ kind: Procedure.Kind, type: PoolType, version: ProductVersion, sharing: Sharing? = nil,
        authority: AuthorityKind = .local
    ) -> Procedure? {
        procedures.first { procedure in
            procedure.kind == kind && procedure.types.contains(type) && procedure.versions.contains(version)
                && (sharing.map { procedure.sharing.contains($0) && procedure.serves(authority) } ?? true)
        }
    }

    /// The procedure files of a project, `templates/procedures/*.yaml` below its folder; none when there is no such
    /// folder.
    ///
    /// - Throws: ``Diagnostics`` for a file that cannot be read.
    package static func ownSources(project folder: String) throws(Diagnostics) -> [Source] {
        let relative = "templates/procedures"
        let directory = folder + "/" + relative
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var sources: [Source] = []
        for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            let file = relative + "/" + name
            guard let data = FileManager.default.contents(atPath: directory + "/" + name),
                data.count <= YAMLDocument.sizeLimit, let text = String(data: data, encoding: .utf8)
            else {
                let place = SourcePlace(file: file, line: 1, column: 1)
                throw Diagnostics([Diagnostic(place, "the file cannot be read as UTF-8 text")])
            }
            sources.append(Source(file: file, text: text))
        }
        return sources
    }
}
