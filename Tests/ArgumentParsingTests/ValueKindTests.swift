import Testing

@testable import ArgumentParsing

@Suite struct `Values` {
    @Test(arguments: [
        ("60d", 60 * 86_400), ("90m", 5_400), ("1h30m", 5_400), ("2w", 1_209_600), ("0s", 0), ("1w1d1h1m1s", 694_861),
    ])
    func `durations are numbers with units`(text: String, seconds: Int) throws {
        #expect(try ValueKind.duration.value(of: text) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "d", "60", "1x", "1d2w", "1h1h", "-1d", "+1d", "1.5h", " 1d", "1 d", "99999999999999999999d",
        "9223372036854775807w", "9223372036854775807s1s", "1d9223372036854775807s", "١d",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(throws: ValueFault.self) { try ValueKind.duration.value(of: text) }
    }

    @Test func `a default duration is shown as one would type it`() {
        #expect(ValueKind.duration.show(.seconds(60 * 86_400)) == "60d")
        #expect(ValueKind.duration.show(.seconds(5_400)) == "1h30m")
        #expect(ValueKind.duration.show(.zero) == "0s")
    }

    @Test(arguments: ["", "1.0", "0x10", "+1", "1_000", " 1", "99999999999999999999"])
    func `what is no whole number is refused`(text: String) {
        #expect(throws: ValueFault.self) { try ValueKind.integer().value(of: text) }
    }

    @Test func `a kind of the command's own names the text it refused`() {
        let order = ValueKind<String>("POOL/ORDER") { text throws(ValueFault) in
            guard text.contains("/") else { throw ValueFault("is not of the form POOL/ORDER") }
            return text
        }
        let fault = #expect(throws: ValueFault.self) { try order.value(of: "edge") }
        #expect(fault?.text == "edge" && fault?.reason == "is not of the form POOL/ORDER")
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("plan", "plan", 0), ("plan", "pln", 1), ("plan", "paln", 1), ("renew", "review", 2),
        ("kitten", "sitting", 3),
    ])
    func `the distance counts insertions, losses, replacements and swaps`(a: String, b: String, distance: Int) {
        #expect(editDistance(Array(a), Array(b)) == distance)
        #expect(editDistance(Array(b), Array(a)) == distance)
    }

    @Test func `nothing is suggested for what is far from everything`() {
        #expect(suggestion(for: "status", among: ["plan", "renew"]) == nil)
        #expect(suggestion(for: "x", among: ["a", "b"]) == nil)
        #expect(suggestion(for: "inv", among: ["inventory", "plan"]) == "inventory")
        #expect(suggestion(for: "re", among: ["renew", "report"]) == nil)
        #expect(suggestion(for: "RENEW", among: ["renew"]) == "renew")
    }
}
