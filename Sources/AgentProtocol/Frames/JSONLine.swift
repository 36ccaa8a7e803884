import FleetModel
import FoundationEssentials

/// Writes one JSON text in pure ASCII, straight into bytes, so that code pages on the way do not matter and a secret
/// passes through no string on its way out.
struct JSONLine {
    private(set) var bytes: [UInt8] = []

    mutating func object(_ members: (inout JSONLine) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array<Element>(_ items: some Sequence<Element>, _ write: (inout JSONLine, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for item in items {
            separate()
            write(&self, item)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Starts a member of the object being written; its value must follow.
    mutating func key(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Int64?) {
        guard let value else { return }
        key(name)
        bytes += Array(String(value).utf8)
    }

    mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        key(name)
        literal(value ? "true" : "false")
    }

    mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array(values) { $0.string($1) }
    }

    mutating func literal(_ text: String) { bytes += Array(text.utf8) }

    mutating func string(_ text: String) {
        quoted { line in for scalar in text.unicodeScalars { line.scalar(scalar) } }
    }

    /// A secret's UTF-8, decoded character by character.
    mutating func secret(_ secret: Secret) {
        secret.withBytes { buffer in
            quoted { line in
                var source = buffer.makeIterator()
                var decoder = UTF8()
                while true {
                    switch decoder.decode(&source) {
                    case .scalarValue(let scalar): line.scalar(scalar)
                    case .emptyInput: return
                    case .error: line.scalar("\u{FFFD}")
                    }
                }
            }
        }
    }

    mutating func base64(_ data: Data) {
        quoted { line in line.bytes += [UInt8](data.base64EncodedData()) }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: literal("null")
        case .bool(let flag): literal(flag ? "true" : "false")
        case .int(let number): literal(String(number))
        case .double(let number): if number.isFinite { literal("\(number)") } else { string("\(number)") }
        case .string(let text): string(text)
        case .array(let items): array(items) { $0.value($1) }
        case .object(let members):
            object { line in
                for name in members.keys.sorted() {
                    line.key(name)
                    line.value(members[name] ?? .null)
                }
            }
        }
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "["), last != UInt8(ascii: ":") {
            bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func quoted(_ content: (inout JSONLine) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        content(&self)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Slashes stay as they are: one JSON reader of Windows takes `\/Date(…)\/` for a date.
    private mutating func scalar(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22, 0x5C: bytes += [0x5C, UInt8(scalar.value)]
        case 0x20...0x7E: bytes.append(UInt8(scalar.value))
        default:
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let hex = String(unit, radix: 16)
                bytes += Array(("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
            }
        }
    }
}

extension JSONValue {
    /// Reads one line that must be a JSON object.
    ///
    /// - Throws: ``AgentProtocolError`` `unreadable`; its text repeats nothing of the line.
    init(objectLine bytes: some Collection<UInt8>) throws {
        guard bytes.count <= AgentLimits.line else {
            throw AgentProtocolError(.oversize, "a line of \(bytes.count) bytes")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)), case .object = value else {
            throw AgentProtocolError(.unreadable, "a line of \(bytes.count) bytes is no JSON object")
        }
        self = value
    }

    /// A member that must be a text.
    func required(_ name: String) throws -> String {
        guard let text = self[name]?.text else {
            throw AgentProtocolError(.unreadable, "'\(name)' is missing or no text")
        }
        return text
    }

    /// An id, which we write as text but a reader takes as a number too.
    func identifier(_ name: String = "id") throws -> String {
        switch self[name] {
        case .string(let text): return text
        case .int(let number): return String(number)
        default: throw AgentProtocolError(.unreadable, "'\(name)' is missing")
        }
    }

    var int64: Int64? { if case .int(let value) = self { value } else { nil } }
}
