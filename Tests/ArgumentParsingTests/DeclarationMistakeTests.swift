import ArgumentParsing
import Testing

private struct Sound: Command {
    let about = About("sound", "is well")
    let project = Option("project", short: "p", .folder, global: true, "where")
    func run(_ given: Given<Self>) async throws -> Int32 { 0 }
}

private struct Wrong: Command {
    let about = About("sound", "")
    let project = Flag("project", global: true, "where")
    let twice = Flag("project", "again")
    let help = Flag("help", short: "h", "mine")
    let spaced = Option("two words", .choice(["a b"]), "")
    let all = Argument(repeated: "ALL", .text, "all")
    let late = Argument("LATE", .text, "never reached")
    func run(_ given: Given<Self>) async throws -> Int32 { 0 }
}

@Suite struct `Declarations` {
    @Test func `that are sound have no mistakes`() {
        #expect(sample().declarationMistakes() == [])
    }

    @Test func `that are not are all named`() {
        let program = Program("t", "texts", version: "1") {
            Sound()
            Wrong()
        }
        #expect(
            program.declarationMistakes() == [
                "t: two commands are called sound",
                "t sound: --project is declared twice",
                "t sound: the summary is empty",
                "t sound: --help takes the place of a built-in option",
                "t sound: --two words is not a plain word",
                "t sound: --two words has no help",
                "t sound: LATE stands after ALL, which takes all words",
                "t sound: --two words: the choice a b is not a plain word",
                "t sound: --project is declared differently in t sound",
            ])
    }
}
