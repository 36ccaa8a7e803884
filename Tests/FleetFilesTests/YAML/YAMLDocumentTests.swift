import FleetModel
import Testing

@testable import FleetFiles

/// The messages of a text that must not be read, as `line:column: message`.
func refusals(_ text: String) -> [String] { refusals(Array(text.utf8)) }

func refusals(_ bytes: [UInt8]) -> [String] {
    do {
        return try YAMLDocument.parse(bytes: bytes, file: "f").mistakes.map(short)
    } catch {
        return error.all.map(short)
    }
}

private func short(_ diagnostic: Diagnostic) -> String {
    "\(diagnostic.place.line):\(diagnostic.place.column): \(diagnostic.message)"
}

private func place(_ line: Int, _ column: Int) -> SourcePlace { SourcePlace(file: "f", line: line, column: column) }

struct YAMLDocumentTests {
    @Test func `a tree keeps texts, quotes, order and places`() throws {
        let document = try YAMLDocument.parse(text: "b: 2019\na: [no, \"\"]\n", file: "f")
        #expect(document.mistakes.isEmpty)
        let list = YAMLNode(
            .sequence([
                YAMLNode(.scalar("no", quoted: false), at: place(2, 5)),
                YAMLNode(.scalar("", quoted: true), at: place(2, 9)),
            ]), at: place(2, 4))
        let expected = YAMLNode(
            .mapping([
                YAMLEntry("b", at: place(1, 1), value: YAMLNode(.scalar("2019", quoted: false), at: place(1, 4))),
                YAMLEntry("a", at: place(2, 1), value: list),
            ]), at: place(1, 1))
        #expect(document.root == expected)
    }

    @Test(arguments: ["é漢: ", "\"𝕏.\": ", "e\u{301}: "])
    func `columns count characters and not bytes`(start: String) throws {
        let node = try YAMLDocument.parse(text: "x: 1\n" + start + "v", file: "f").root
        #expect(node.entries?.last?.value.place == place(2, start.unicodeScalars.count + 1))
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `each kind of line end counts as one line`(end: String) throws {
        let text = ["a: 1", "# c", "", "b: 2"].joined(separator: end)
        #expect(try YAMLDocument.parse(text: text, file: "f").root.entries?.last?.place == place(4, 1))
    }

    @Test func `a line separator that only YAML knows does not move the lines below`() throws {
        let text = "a: 'x\u{85}y\u{2028}z'\nb: 2"
        #expect(try YAMLDocument.parse(text: text, file: "f").root["b"]?.place == place(2, 4))
    }

    @Test func `a byte order mark is passed over`() throws {
        let node = try YAMLDocument.parse(bytes: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8), file: "f").root
        #expect(node.entries?.first?.place == place(1, 1))
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "3:1: duplicate key `a`: it already stands in line 1"),
        ("a: &x 1\n", "1:4: anchors are not allowed here"),
        ("a: [*x]\n", "1:5: aliases are not allowed here"),
        ("a:\n  <<: *x\n", "2:7: aliases are not allowed here"),
        ("a: !!int 1\n", "1:4: tags are not allowed here"),
        ("a: ! b\n", "1:4: tags are not allowed here"),
        ("a: 1\n? [b]\n: 2\n", "2:3: a key must be a text, not a list"),
        ("{a: 1}: 2\n", "1:1: a key must be a text, not a mapping"),
        ("a: 1\n---\nb: 2\n", "2:1: only one document is allowed"),
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("a: 1\n b: 2\n", "2:3: mapping values are not allowed in this context"),
        ("a: [1, 2\n", "2:1: while parsing a flow sequence: did not find expected ',' or ']'"),
        ("a: 'b\n", "2:1: while scanning a quoted scalar: found unexpected end of stream"),
        ("é: 1\n\tb: 2\n", "2:1: while scanning a plain scalar: found a tab character that violates indentation"),
        ("a:\n\tb: 2\n", "2:1: while scanning for the next token: found character that cannot start any token"),
        ("a: \u{7}\n", "1:4: control characters are not allowed"),
        (String(repeating: "[", count: 65), "1:65: nested deeper than 64 levels"),
    ])
    func `what is not read is refused at its place`(text: String, message: String) {
        #expect(refusals(text) == [message])
    }

    @Test func `a tab in the indentation is named in the hint`() {
        #expect {
            try YAMLDocument.parse(text: "é: 1\n\tb: 2\n", file: "f")
        } throws: {
            ($0 as? Diagnostics)?.all.first?.hint == "indent with spaces: YAML takes no tabs there"
        }
    }

    @Test(arguments: [
        ("a: 1\n  b: 2\n", "is this line, or the one above it, indented as its neighbours are?"),
        ("a: b: c\n", "put a value in which `: ` stands into quotes"),
        ("a:\n  b: 1\n c: 2\n", "keys that belong together begin in the same column; these began in line 1, column 1"),
        ("a:\n  - b\n  c: 2\n", "the items of a list begin in the same column; these began in line 2, column 3"),
        (
            "é: {b: [c, d}\n",
            "look for a comma, a quote or a closing sign that is missing after the `[` in line 1, column 8"
        ),
        (
            "a: {b: \"c, d: e }\nf: \"g\"\n",
            "look for a comma, a quote or a closing sign that is missing after the `{` in line 1, column 4"
        ),
        ("a: 'b\nc: d\n", "the quote in line 1, column 4 is not closed"),
        ("a: 1\nb\nc: 2\n", "a key in line 2 has no `: ` after it"),
        ("a: @b\n", "put a value that begins with such a sign into quotes"),
    ])
    func `what libyaml stumbles over comes with a word on where to look`(text: String, hint: String) {
        #expect {
            try YAMLDocument.parse(text: text, file: "f")
        } throws: {
            ($0 as? Diagnostics)?.all.first?.hint == hint
        }
    }

    @Test func `bytes that are not UTF-8 are refused at their place`() {
        #expect(refusals(Array("a: é".utf8) + [0xFF]) == ["1:5: not UTF-8 text"])
        #expect(refusals([0xFF, 0xFE, 0x61, 0x00]) == ["1:1: not UTF-8 text"])
        #expect(refusals(Array("a: ".utf8) + [0xC3]) == ["1:4: not UTF-8 text"])
    }

    @Test func `a file beyond the size limit is refused`() {
        let comment = [UInt8](repeating: 0x23, count: YAMLDocument.sizeLimit + 1)
        #expect(refusals(comment) == ["1:1: the file is larger than 4 MiB"])
    }

    @Test func `nesting up to the limit is read`() {
        #expect(refusals(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == [])
    }

    @Test func `several mistakes of structure are found in one go`() {
        #expect(
            refusals("a: *x\nb: !t 1\nb: 2\n") == [
                "1:4: aliases are not allowed here", "2:4: tags are not allowed here",
                "3:1: duplicate key `b`: it already stands in line 2",
            ])
    }
}
