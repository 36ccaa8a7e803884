import FleetModel
import Foundation
import Testing

@testable import Running

@Suite struct MatchingTests {
    private let place = SourcePlace(file: "procedure.yaml", line: 1, column: 1)
    private let known: [String: BoundValue] = [
        "usages": .list(["UM", "UMCallRouter"]), "text": .text("UM , UMCallRouter"), "name": .text("certfleet a, b"),
        "secret": .secret(Secret(text: "hidden")), "bytes": .bytes(Data([1])), "flag": .flag(true), "n": .text("7"),
    ]

    private func mismatch(
        _ property: String, _ matcher: FleetModel.Expectation.Matcher, _ values: JSONValue...
    ) throws -> String? {
        let results = values.map { JSONValue.object(["P": $0]) }
        return try Matching(results: results, references: References { known[$0] })
            .firstMismatch([FleetModel.Expectation(property: property, matcher: matcher, place: place)])
    }

    @Test func `present asks every result, and at least one`() throws {
        #expect(try mismatch("P", .present, .string("a"), .array([.string("b")])) == nil)
        #expect(try mismatch("P", .present, .string("a"), .null) == "P is empty")
        #expect(try mismatch("P", .present, .string("a"), .array([])) == "P is empty")
        #expect(try mismatch("Q", .present, .string("a")) == "Q is empty")
        #expect(try mismatch("P", .present) == "nothing was found")
    }

    @Test func `equals asks every result, without regard to case`() throws {
        #expect(try mismatch("P", .equals("running"), .string("Running"), .string("RUNNING")) == nil)
        #expect(
            try mismatch("P", .equals("Running"), .string("Running"), .string("Stopped"))
                == "P is Stopped, expected Running")
        #expect(try mismatch("P", .equals("${n}"), .int(7)) == nil)
        #expect(try mismatch("P", .oneOf(["a", "${n}"]), .string("A"), .int(7)) == nil)
        #expect(try mismatch("P", .oneOf(["a", "b"]), .string("c")) == "P is c, expected one of a, b")
        #expect(try mismatch("P", .isTrue, .bool(true), .string("True")) == nil)
        #expect(try mismatch("P", .isFalse, .bool(true)) == "P is true, expected false")
    }

    @Test func `contains finds an element of a list, of a text with commas, and the text itself`() throws {
        #expect(try mismatch("P", .contains("UM"), .string("IIS, UM , UMCallRouter")) == nil)
        #expect(try mismatch("P", .contains("UMCallRouter"), .array([.string("UM"), .string("umcallrouter")])) == nil)
        #expect(try mismatch("P", .contains("${name}"), .string("other"), .string("certfleet a, b")) == nil)
        #expect(try mismatch("P", .contains("UM"), .string("UMCallRouter")) == "P lacks UM")
    }

    @Test func `contains-all wants each element somewhere`() throws {
        #expect(try mismatch("P", .containsAll("${usages}"), .string("UMCallRouter"), .string("UM")) == nil)
        #expect(try mismatch("P", .containsAll("${usages}"), .string("SMTP, UMCallRouter, UM")) == nil)
        #expect(try mismatch("P", .containsAll("${text}"), .string("UM, UMCallRouter")) == nil)
        #expect(try mismatch("P", .containsAll("${usages}"), .string("UM")) == "P lacks UMCallRouter")
    }

    @Test func `counts and absence are of the results`() throws {
        #expect(try mismatch(".", .none) == nil)
        #expect(try mismatch(".", .none, .null) != nil)
        #expect(try mismatch(".", .atLeast(0)) == nil)
        #expect(try mismatch(".", .atLeast(2), .null) == "1 results, 2 expected")
    }

    // MARK: References

    private func resolve(_ type: ValueType, _ text: String) throws -> TypedValue? {
        try References { known[$0] }
            .resolve(ParameterTemplate(name: "Parameter", type: type, content: .text(text), place: place))
    }

    @Test func `references become typed values`() throws {
        guard case .int(7)? = try resolve(.int, "${n}") else { return #expect(Bool(false)) }
        guard case .switch(true)? = try resolve(.switch, "${flag}") else { return #expect(Bool(false)) }
        guard case .string("a 7 b")? = try resolve(.string, "a ${n} b") else { return #expect(Bool(false)) }
        guard case .list(["7"])? = try resolve(.list, "${n}") else { return #expect(Bool(false)) }
        guard case .secure? = try resolve(.secure, "${secret}") else { return #expect(Bool(false)) }
        #expect(try resolve(.string, "${unknown?}") == nil)
    }

    @Test func `what has no value or the wrong kind is a fault, and a secret stands in no text`() {
        func code(_ type: ValueType, _ text: String) -> String? {
            do { _ = try resolve(type, text) } catch { return (error as? Fault)?.code }
            return nil
        }
        #expect(code(.string, "${unknown}") == "step.unbound")
        #expect(code(.string, "x ${unknown}") == "step.unbound")
        #expect(code(.string, "x ${secret}") == "step.unbound")
        #expect(code(.string, "${secret}") == "step.value")
        #expect(code(.int, "${name}") == "step.value")
        #expect(code(.secure, "${name}") == "step.value")
    }

    @Test func `a text that is never closed stays as it is`() throws {
        #expect(try References { known[$0] }.text("a ${n} b ${n") == "a 7 b ${n")
    }
}
