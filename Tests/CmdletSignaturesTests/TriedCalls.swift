import CmdletSignatures
import FleetModel
import Foundation
import Templates
import Testing

/// Calls that were tried in a real PowerShell, with what it answered.
struct TriedCall: Sendable, CustomTestStringConvertible {
    var label: String
    var cmdlet: String
    var values: [(name: String, value: TypedValue)]
    var products: [String]
    /// PowerShell's error id; nil when it bound.
    var error: String?
    /// It bound, but to something else than was meant.
    var bindsWrongly: Bool

    var testDescription: String { "\(cmdlet) (\(label))" }

    static let all: [TriedCall] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/calls.json")
        guard let data = try? Data(contentsOf: file), let read = try? JSONDecoder().decode(File.self, from: data) else {
            return []
        }
        return read.calls.map(\.call)
    }()
}

private struct File: Decodable {
    var calls: [Record]
}

private struct Record: Decodable {
    var rows: [String]
    var module: String
    var cmd: String
    var p: [String: Value]
    var products: [String]?
    var error: String?
    var trap: String?

    static let lync = [
        "Lync Server 2010", "Lync Server 2013", "Skype for Business Server 2015", "Skype for Business Server 2019",
    ]

    var call: TriedCall {
        TriedCall(
            label: rows.joined(separator: " "), cmdlet: cmd,
            values: p.sorted { $0.key < $1.key }.map { ($0.key, $0.value.typed) },
            products: products ?? (module == "pki" ? Self.lync + ["Exchange Server 2013"] : Self.lync), error: error,
            bindsWrongly: trap != nil)
    }
}

private struct Value: Decodable {
    var typed: TypedValue

    enum CodingKeys: CodingKey { case t, v }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        switch try box.decode(String.self, forKey: .t) {
        case "s": typed = .string(try box.decode(String.self, forKey: .v))
        case "i": typed = .int(try box.decode(Int64.self, forKey: .v))
        case "b": typed = .bool(try box.decode(Bool.self, forKey: .v))
        case "sw": typed = .switch(try box.decode(Bool.self, forKey: .v))
        case "dt": typed = .date(try box.decode(String.self, forKey: .v))
        case "by": typed = .bytes(Data())
        case "ss": typed = .secure(Secret(text: try box.decode(String.self, forKey: .v)))
        case "l": typed = .list(try box.decode([String].self, forKey: .v))
        case let other:
            throw DecodingError.dataCorruptedError(forKey: .t, in: box, debugDescription: "unknown type \(other)")
        }
    }
}

/// The vendor's signatures as they are built in.
func vendorTable(_ more: String...) throws -> SignatureTable {
    try SignatureTable(texts: [Templates.text("signatures/vendor.json") ?? ""] + more)
}
