import FleetModel
import Foundation
import Templates
import Testing

@testable import FleetFiles

/// The editors' schema and the parser's tables say the same.
struct SchemaTests {
    private let root: JSONValue

    init() throws {
        let text = try #require(Templates.text("schema/inventory.schema.json"))
        root = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// The objects of the schema by their names; the root is called `inventory`.
    private var objects: [String: JSONValue] {
        guard case .object(let definitions) = root["$defs"] else { return [:] }
        return definitions.filter { $0.value["properties"] != nil }.merging(["inventory": root]) { $1 }
    }

    private func members(_ value: JSONValue?) -> [String: JSONValue] {
        if case .object(let members) = value { members } else { [:] }
    }

    @Test func `each level has the parser's keys and no others`() {
        let keys = objects.mapValues { Set(members($0["properties"]).keys) }
        #expect(keys == InventoryKeys.levels.mapValues(Set.init))
        for (level, object) in objects {
            #expect(object["additionalProperties"] == .bool(false), "\(level) must refuse other keys")
            #expect(object["type"] == .string("object"))
        }
    }

    @Test func `each enumeration has the parser's words and no others`() {
        var found: [String: Set<String>] = [:]
        for (level, object) in objects {
            for (key, property) in members(object["properties"]) {
                guard let words = property["enum"]?.items ?? property["items"]?["enum"]?.items else { continue }
                found["\(level).\(key)"] = Set(words.map { $0.text ?? "\($0.integer ?? -1)" })
            }
        }
        #expect(found == InventoryKeys.words.mapValues(Set.init))
    }

    @Test func `a key that the schema requires is missed by the parser`() throws {
        let required = objects.compactMapValues { $0["required"]?.texts }
        #expect(required["inventory"] == ["version", "sip_domains", "sites"])
        #expect(required["pool"] == ["type"])
        for (level, keys) in required {
            let known = Set(InventoryKeys.levels[level] ?? [])
            #expect(known.isSuperset(of: keys))
        }
        let bare =
            "sites: { s: { pools: { p: { hosts: [{}], orders: [{}] } } } }\nauthorities: { a: { kind: local } }\n"
        let said = inventoryMistakes(bare).joined(separator: "\n")
        #expect(root["$defs"]?["pool"]?["else"]?["required"]?.texts == ["hosts", "orders"])
        for key in ["usages", "authority"] { #expect(said.contains("`\(key)` is missing in"), "order.\(key)") }
        for level in ["inventory", "host", "order", "local"] {
            for key in required[level] ?? [] where !["sites", "kind"].contains(key) {
                #expect(said.contains("`\(key)` is missing in"), "\(level).\(key)")
            }
        }
    }

    @Test func `every reference of the schema leads somewhere`() {
        var pending = [root]
        var references = 0
        while let value = pending.popLast() {
            if let name = value["$ref"]?.text {
                references += 1
                #expect(root["$defs"]?[String(name.dropFirst("#/$defs/".count))] != nil, "\(name)")
            }
            pending += members(value).values + (value.items ?? [])
        }
        #expect(references > 50)
    }
}
