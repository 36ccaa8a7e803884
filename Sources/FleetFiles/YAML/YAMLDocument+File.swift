package import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension YAMLDocument {
    /// Reads a file of the disk.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - name: The name that places bear: as a rule the path as the user gave it.
    /// - Throws: As ``parse(bytes:file:)``, and one diagnostic at 1:1 for a file that is absent, unreadable or no
    ///   regular file.
    package static func read(path: String, name: String) throws(Diagnostics) -> YAMLDocument {
        let start = SourcePlace(file: name, line: 1, column: 1)
        let attributes: [FileAttributeKey: Any]
        let data: Data
        do {
            let real = URL(filePath: path).resolvingSymlinksInPath().path
            attributes = try FileManager.default.attributesOfItem(atPath: real)
        } catch {
            throw Diagnostics([Diagnostic(start, "no such file, or no right to read it")])
        }
        // A device or a pipe could go on for ever, so the type is asked before the first byte.
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw Diagnostics([Diagnostic(start, "not a regular file")])
        }
        guard let size = attributes[.size] as? Int, size <= sizeLimit else {
            throw Diagnostics([Diagnostic(start, "the file is larger than \(sizeLimit >> 20) MiB")])
        }
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Diagnostics([Diagnostic(start, "no such file, or no right to read it")])
        }
        return try parse(bytes: Array(data), file: name)
    }
}
