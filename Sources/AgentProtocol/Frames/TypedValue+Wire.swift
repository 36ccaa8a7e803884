package import FleetModel
import FoundationEssentials

extension TypedValue {
    /// Writes `{"t":…,"v":…}`.
    func write(to line: inout JSONLine) {
        line.object { line in
            line.member("t", tag)
            line.key("v")
            writeContent(to: &line)
        }
    }

    /// The type's name on the wire. A `secretText` is an ordinary `s` there: the cmdlet takes plain text.
    private var tag: String {
        switch self {
        case .string, .secretText: "s"
        case .int: "i"
        case .bool: "b"
        case .switch: "sw"
        case .date: "dt"
        case .bytes: "by"
        case .blob: "blob"
        case .secure: "ss"
        case .credential: "cr"
        case .list: "l"
        case .null: "n"
        }
    }

    private func writeContent(to line: inout JSONLine) {
        switch self {
        case .string(let text), .date(let text), .blob(let text): line.string(text)
        case .int(let number): line.literal(String(number))
        case .bool(let flag), .switch(let flag): line.literal(flag ? "true" : "false")
        case .bytes(let data): line.base64(data)
        case .secure(let secret), .secretText(let secret): line.secret(secret)
        case .credential(let user, let password):
            line.object { line in
                line.member("user", user)
                line.key("password")
                line.secret(password)
            }
        case .list(let items): line.array(items) { $0.string($1) }
        case .null: line.literal("null")
        }
    }

    /// Reads `{"t":…,"v":…}`; an `s` always comes back as `string`.
    ///
    /// - Throws: ``AgentProtocolError`` `unreadable`, without the value.
    package init(wire: JSONValue) throws {
        let tag = try wire.required("t")
        let value = wire["v"] ?? .null
        switch (tag, value) {
        case ("s", .string(let text)): self = .string(text)
        case ("i", .int(let number)): self = .int(number)
        case ("b", .bool(let flag)): self = .bool(flag)
        case ("sw", .bool(let flag)): self = .switch(flag)
        case ("dt", .string(let text)): self = .date(text)
        case ("blob", .string(let name)): self = .blob(name)
        case ("ss", .string(let text)): self = .secure(Secret(text: text))
        case ("n", _): self = .null
        case ("by", .string(let text)):
            guard let data = Data(base64Encoded: text) else {
                throw AgentProtocolError(.unreadable, "a value of type 'by' is no base64")
            }
            self = .bytes(data)
        case ("cr", .object):
            self = .credential(
                user: try value.required("user"), password: Secret(text: try value.required("password")))
        case ("l", .array(let items)) where items.allSatisfy { $0.text != nil }:
            self = .list(items.compactMap(\.text))
        default:
            throw AgentProtocolError(.unreadable, "a value of type '\(tag)' has an unknown type or the wrong content")
        }
    }
}
