package import FleetModel

/// A file of ours as a tree of nodes with their places, and the mistakes that did not hinder reading on.
///
/// The part of YAML that is read: one document of mappings, lists and scalars. Anchors, aliases, tags, a second
/// document and keys that are no scalars are mistakes, because they let one line mean what stands in another.
package struct YAMLDocument: Sendable {
    package var root: YAMLNode
    /// Duplicate keys, aliases, anchors, tags and keys that are no scalars, with their places.
    package var mistakes: [Diagnostic]

    /// Nesting deeper than this is refused.
    package static let depthLimit = 64
    /// Files longer than this many bytes are refused.
    package static let sizeLimit = 4 << 20

    /// Reads a text.
    ///
    /// - Parameter file: The name that places bear.
    /// - Throws: ``Diagnostics`` for what cannot be read to the end: a syntax error, an empty file, a second document,
    ///   nesting or size beyond the limits.
    package static func parse(text: String, file: String) throws(Diagnostics) -> YAMLDocument {
        try parse(bytes: Array(text.utf8), file: file)
    }

    /// Reads bytes, which must be UTF-8; a byte order mark at the start is passed over.
    ///
    /// - Parameter file: The name that places bear.
    /// - Throws: As ``parse(text:file:)``, and for bytes that are not UTF-8.
    package static func parse(bytes: [UInt8], file: String) throws(Diagnostics) -> YAMLDocument {
        let start = SourcePlace(file: file, line: 1, column: 1)
        guard bytes.count <= sizeLimit else {
            throw Diagnostics([Diagnostic(start, "the file is larger than \(sizeLimit >> 20) MiB")])
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let lines = LineIndex(content, file: file)
        if let offset = firstInvalidByte(content) {
            throw Diagnostics([
                Diagnostic(
                    lines.place(ofByte: offset, in: content), "not UTF-8 text", hint: "save the file as UTF-8")
            ])
        }
        var builder = YAMLTreeBuilder()
        let events = YAMLEvents(content, lines: lines)
        while !builder.isDone { try builder.take(try events.next()) }
        guard let root = builder.root else { throw Diagnostics([Diagnostic(start, "the file is empty")]) }
        return YAMLDocument(root: root, mistakes: builder.mistakes)
    }

    /// The offset of the first byte that begins no valid character.
    private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
        var codec = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch codec.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
