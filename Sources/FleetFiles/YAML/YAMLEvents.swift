import CYAML
import FleetModel

/// What libyaml says next, copied out of its memory.
struct YAMLEvent {
    enum Kind {
        case streamEnd, documentStart, alias, sequenceStart, mappingStart, collectionEnd, other
        case scalar(String, quoted: Bool)
    }

    var kind: Kind
    var place: SourcePlace
    var anchored = false
    var tagged = false
}

/// libyaml's parser over one text; the only owner of its memory.
///
/// Not shared between tasks: one parse makes one and drops it.
final class YAMLEvents {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]
    private let lines: LineIndex

    /// - Parameter bytes: Valid UTF-8 without a byte order mark. They are copied: libyaml keeps pointers into its input.
    init(_ bytes: [UInt8], lines: LineIndex) {
        self.bytes = bytes
        self.lines = lines
        input = .allocate(capacity: max(bytes.count, 1))
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // It fails only when memory is out; the parser is then left zeroed and every call on it fails in order.
        if yaml_parser_initialize(parser) == 1 {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        }
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event.
    ///
    /// - Throws: One diagnostic for what libyaml cannot read; nothing can be read after it.
    func next() throws(Diagnostics) -> YAMLEvent {
        var event = yaml_event_t()
        guard parser.pointee.read_handler != nil, yaml_parser_parse(parser, &event) == 1 else {
            throw Diagnostics([syntaxError()])
        }
        defer { yaml_event_delete(&event) }
        var result = YAMLEvent(kind: .other, place: lines.place(ofCharacter: Int(event.start_mark.index)))
        switch event.type {
        case YAML_STREAM_END_EVENT: result.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
        case YAML_ALIAS_EVENT: result.kind = .alias
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: result.kind = .collectionEnd
        case YAML_SEQUENCE_START_EVENT:
            result.kind = .sequenceStart
            result.anchored = event.data.sequence_start.anchor != nil
            result.tagged = event.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            result.kind = .mappingStart
            result.anchored = event.data.mapping_start.anchor != nil
            result.tagged = event.data.mapping_start.tag != nil
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            result.kind = .scalar(text, quoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
            result.anchored = scalar.anchor != nil
            result.tagged = scalar.tag != nil
        default: break
        }
        return result
    }

    private func syntaxError() -> Diagnostic {
        let state = parser.pointee
        guard let problem = state.problem else {
            return Diagnostic(lines.place(ofCharacter: 0), "not enough memory to read this file")
        }
        let what = String(cString: problem)
        guard state.error != YAML_READER_ERROR else {
            return Diagnostic(lines.place(ofByte: Int(state.problem_offset), in: bytes), what)
        }
        let index = Int(state.problem_mark.index)
        let context = state.context.map { String(cString: $0) }
        let place = lines.place(ofCharacter: index)
        let hint = SyntaxHint.words(
            what, context: context, began: context.map { _ in lines.place(ofCharacter: Int(state.context_mark.index)) },
            after: line(before: index, column: place.column), next: byte(at: index))
        return Diagnostic(place, context.map { "\($0): \(what)" } ?? what, hint: hint)
    }

    /// Where each character begins.
    private var starts: some Collection<Int> { bytes.indices.lazy.filter { self.bytes[$0] & 0xC0 != 0x80 } }

    private func byte(at character: Int) -> UInt8? { starts.dropFirst(character).first.map { bytes[$0] } }

    private func line(before character: Int, column: Int) -> String {
        let places = starts.dropFirst(character - column + 1)
        guard let first = places.first else { return "" }
        return String(decoding: bytes[first..<(starts.dropFirst(character).first ?? bytes.count)], as: UTF8.self)
    }
}
