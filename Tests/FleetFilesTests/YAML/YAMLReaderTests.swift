import FleetModel
import Testing

@testable import FleetFiles

/// Reads a text with a closure and returns the value and the messages as `line:column: message | hint`.
private func reading<Value>(_ text: String, _ read: (YAMLReader, YAMLNode) -> Value) throws -> (Value, [String]) {
    let document = try YAMLDocument.parse(text: text, file: "f")
    let reader = YAMLReader(mistakes: document.mistakes)
    let value = read(reader, document.root)
    do {
        try reader.finish()
        return (value, [])
    } catch {
        return (
            value,
            error.all.map {
                "\($0.place.line):\($0.place.column): \($0.message)" + ($0.hint.map { " | \($0)" } ?? "")
            }
        )
    }
}

struct YAMLReaderTests {
    @Test(arguments: ["2019", "no", "true", "1e3", "~", "'x'"])
    func `every scalar is text where text is wanted`(scalar: String) throws {
        let (text, mistakes) = try reading(scalar) { $0.text($1, "k") }
        #expect(text == scalar.filter { $0 != "'" })
        #expect(mistakes.isEmpty)
    }

    @Test(arguments: [
        ("[a]", "1:1: `k` must be a text, not a list"),
        ("{a: b}", "1:1: `k` must be a text, not a mapping"),
        ("''", "1:1: `k` is empty"),
        (#""a\eb""#, "1:1: `k` contains a control character"),
    ])
    func `what is no text is refused`(scalar: String, message: String) throws {
        let (text, mistakes) = try reading(scalar) { $0.text($1, "k") }
        #expect(text == nil)
        #expect(mistakes == [message])
    }

    @Test(arguments: [
        ("0x10", "1:1: `k` must be a whole number, not `0x10`"), ("+5", "1:1: `k` must be a whole number, not `+5`"),
        ("9", "1:1: `k` must be between 1 and 5, not 9"),
        ("99999999999999999999", "1:1: `k` must be a whole number, not `99999999999999999999`"),
    ])
    func `a number is decimal and within its range`(scalar: String, message: String) throws {
        #expect(try reading(scalar) { $0.integer($1, "k", in: 1...5) } == (nil, [message]))
        #expect(try reading("5") { $0.integer($1, "k", in: 1...5) } == (5, []))
    }

    @Test(arguments: ["yes", "True", "on", "'true'"])
    func `a flag is true or false and nothing that looks like it`(scalar: String) throws {
        let (flag, mistakes) = try reading(scalar) { $0.flag($1, "k") }
        #expect(flag == nil)
        #expect(mistakes == ["1:1: `k` must be true or false, not `\(scalar.filter { $0 != "'" })`"])
        #expect(try reading("false") { $0.flag($1, "k") } == (false, []))
    }

    @Test func `a duration has a unit and limits`() throws {
        let range = Duration.seconds(1)...Duration.seconds(60)
        #expect(try reading("1m") { $0.duration($1, "k", in: range) } == (.seconds(60), []))
        #expect(
            try reading("60") { $0.duration($1, "k", in: range) } == (
                nil,
                ["1:1: `k` must be a duration, not `60` | a whole number and a unit: 60d, 2h, 20m, 90s or 250ms"]
            ))
        #expect(
            try reading("2h") { $0.duration($1, "k", in: range) } == (
                nil, ["1:1: `k` must be between 1s and 1m, not 2h"]
            )
        )
    }

    @Test func `unknown, missing and empty keys are all reported in order, a mistyped one not as missing too`() throws {
        let (_, mistakes) = try reading("usr: a\nport:\nkey: [a]\nquite: other\n") { reader, node in
            let mapping = reader.mapping(node, "ssh", keys: ["user", "port", "key", "address"])
            _ = mapping?.text("key")
            _ = mapping?.integer("port", in: 1...65535)
            _ = mapping?.requiredText("user")
            _ = mapping?.requiredText("address")
        }
        #expect(
            mistakes == [
                "1:1: unknown key `usr` in `ssh` | did you mean `user`?", "1:1: `address` is missing in `ssh`",
                "2:6: `port` has no value | give it one or remove the key", "3:6: `key` must be a text, not a list",
                "4:1: unknown key `quite` in `ssh` | known here: user, port, key, address",
            ])
    }

    @Test func `a refused node is reported once`() throws {
        let (_, mistakes) = try reading("a: *x\n") { reader, node in
            let mapping = reader.mapping(node, "m", keys: ["a"])
            _ = (mapping?.text("a"), mapping?.list("a"), mapping?.entries("a"), mapping?.flag("a"))
        }
        #expect(mistakes == ["1:4: aliases are not allowed here | write the value out"])
    }

    @Test func `a list of texts may be a single text where that is said`() throws {
        #expect(try reading("a") { $0.textOrTexts($1, "k")?.map(\.value) } == (["a"], []))
        #expect(try reading("[a, b]") { $0.textOrTexts($1, "k")?.map(\.value) } == (["a", "b"], []))
        let mistake =
            "1:1: `k` must be a list, not a text | in brackets, [one, two], or each item in a line of its own behind `- `"
        #expect(try reading("a") { $0.texts($1, "k")?.count } == (nil, [mistake]))
    }

    @Test(
        arguments: [
            ("frontend", "front-end"), ("Front_End", "front-end"), ("egde", "edge"), ("exchange", nil), ("x", nil),
        ] as [(String, String?)])
    func `a suggestion is near or absent`(typed: String, meant: String?) {
        #expect(Suggestion.closest(to: typed, among: ["front-end", "edge", "exchange-um"]) == meant)
    }

    @Test func `foreign text cannot steer the terminal or flood a message`() {
        #expect(Quoting.quote("a\u{1B}[2J") == "`a\\u{1b}[2J`")
        #expect(Quoting.quote(String(repeating: "x", count: 61)) == "`" + String(repeating: "x", count: 60) + "…`")
    }
}
